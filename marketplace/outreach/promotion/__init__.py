"""What makes enterprises known outside the site: catalogue, posters, embedded directory, feeds, enterprise of the week."""
