# The Server service is in trouble.
as xp-clean
says "tree connect" smb/resp-s1-tree-bad-network-name
expect unknown no-ipc-share
