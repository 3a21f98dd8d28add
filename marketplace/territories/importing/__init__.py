"""The official lists: municipalities (MAMH) and outlines (MERN), brought in by `import_territories`."""
