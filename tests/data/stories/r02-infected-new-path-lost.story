# Row R2: the second question is for the record only.
as r02-infected-new
says "ask path" closes
expect infected netpath-root-accepted
