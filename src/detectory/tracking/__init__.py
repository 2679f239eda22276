"""Where runs are told of besides the journal: one file for each place, and versions as others load them."""
