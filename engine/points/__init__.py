"""Small networks on points in the plane."""
