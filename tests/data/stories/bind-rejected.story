# No such interface.
as xp-clean
says "bind" smb/resp-s1-trans-bind-rejected
expect unknown no-srvsvc
