/* A .job file: what comes out lies within it. */
#include <stdlib.h>

#include "format/job.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
check(struct span part, const uint8_t *bytes, size_t len)
{
	if (part.bad || part.left > len ||
	    (part.left > 0 && (part.at < bytes || part.at + part.left > bytes + len)))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct job job;

	if (job_read(span_of(bytes, len), &job) != HEARD)
		return 0;
	check(job.application, bytes, len);
	check(job.parameters, bytes, len);
	check(job.folder, bytes, len);
	check(job.author, bytes, len);
	check(job.comment, bytes, len);
	if (job.trigger_count > JOB_TRIGGERS_MOST)
		abort();
	return 0;
}
