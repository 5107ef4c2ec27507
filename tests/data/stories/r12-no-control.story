# Row R12: the control failed, the path was refused with 87.
as xp-clean
says "ask control" smb/resp-s1-trans-fault-access
says "ask path" smb/resp-s1-trans-infected-ad-p2
expect suspect no-control
