"""Files of rows: lines, CSV, JSONL, Zeek logs and Parquet in (`read`); JSONL and CSV out (`write`).

What comes in may be anything. What goes out are chunks of columns in bounded memory, each with the
lines that cannot be read and why: rows read are the rows of the chunks plus those refused.
"""
