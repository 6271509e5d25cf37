"""`make life`: many days at speed, and whether anything grows."""
