/* What a SECURITY hive says is recorded: the value of Policy\PolAdtEv. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "format/audit_policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	struct buf stronger = { .ceiling = 1 << 20 };
	struct audit_policy p;
	struct audit_policy then;
	enum heard heard = audit_policy_read(span_of(at, len), &p);

	if (heard == HEARD &&
	    (p.logon | p.account_management | p.account_logon | p.kerberos) > 3)
		abort();
	if (audit_policy_strengthen(span_of(at, len), &stronger) == HEARD &&
	    (heard != HEARD || stronger.len != len ||
	     audit_policy_read(buf_span(&stronger), &then) != HEARD || !then.is_on ||
	     (then.logon & p.logon) != p.logon))
		abort();
	buf_free(&stronger);
	return 0;
}
