#include "wire/reason.h"

static const char *const ids[REASON_COUNT] = { [REASON_NONE] = "",
#define X(name, id) [REASON_##name] = id,
	                                       REASONS(X)
#undef X
};

const char *
reason_id(enum reason reason)
{
	return (unsigned)reason < REASON_COUNT ? ids[reason] : "";
}
