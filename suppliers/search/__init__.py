"""What a buyer types into the directory: read as wishes (`reading`), found (`hits`), ordered and explained.

Nothing is imported here: who needs one part imports it by its module.
"""
