"""What we promise about speed and size, measured. `manage bench` prints the table; design budgets stand beside it."""
