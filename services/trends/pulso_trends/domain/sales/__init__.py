"""What is sold of products: tables of it, and its weeks beside the talk that may lead it."""
