"""The Data page: the data sets there are, their pictures as a wall, and how own ones come in."""
