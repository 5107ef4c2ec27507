#include "reach/log_pulse.h"

#include "sys/clock.h"

/* What is promised is 100 ms and 16 MB. */
#define EVERY_MS 40
#define EVERY_BYTES (8u << 20)

enum err
log_pulse(struct log_pulse *p, uint64_t bytes)
{
	p->done += bytes;
	if (!p->goes_on)
		return OK;
	int64_t now_ms = clock_steady();
	if (now_ms - p->told_ms < EVERY_MS && p->done - p->told < EVERY_BYTES)
		return OK;
	p->told_ms = now_ms;
	p->told = p->done;
	return p->goes_on(p->with, p->done) ? OK : ERR_REFUSED;
}
