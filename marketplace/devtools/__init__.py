"""What dev.py runs: standard library only, importing neither Django nor the project.

dev.py reaches this package as `devtools`, without importing `marketplace`, since no dependency may be
installed yet. Its modules therefore import each other relatively.
"""
