"""A challenger beside the champion in one server: both score every row, and one of them answers.

`assignment` says for whom, `beside` asks both, `worker` keeps the challenger out of everybody's way, and
`control` lets the policy decide.
"""
