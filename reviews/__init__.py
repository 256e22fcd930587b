"""Reviews of workloads: answers, decisions, reports."""
