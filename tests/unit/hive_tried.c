#include "hive_tried.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "hive_data.h"
#include "reach/cage_nursery.h"

struct tried
tried_open(int fd, int log1, int log2)
{
	struct hive_files files = { fd, { -1, log1, log2 }, "C:\\H" };
	struct tried o;

	o.heard = hive_open(&files, &o.hive, &o.state, o.why);
	close(fd);
	if (log1 >= 0)
		close(log1);
	if (log2 >= 0)
		close(log2);
	return o;
}

struct tried
tried_data(const char *name)
{
	return tried_open(hive_data_fd(name), -1, -1);
}

void
tried_close(struct tried *o)
{
	hive_free(o->hive);
	cage_nursery_end();
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* nobody is left */
}

enum heard
tried_ask(struct tried *o, const char *path, char why[WHY_ROOM])
{
	struct reg_key k;
	enum heard heard = hive_key(o->hive, path, &k, why);

	reg_key_free(&k);
	return heard;
}
