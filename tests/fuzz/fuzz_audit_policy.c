/* What a SECURITY hive says is recorded: the value of Policy\PolAdtEv. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "format/audit_policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	struct audit_policy p;

	if (audit_policy_read(span_of(at, len), &p) == HEARD &&
	    (p.logon | p.account_management | p.account_logon | p.kerberos) > 3)
		abort();
	return 0;
}
