"""The quotas brought down to customers: grades, targets, contacts, composition."""
