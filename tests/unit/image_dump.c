/*
 * Tells everything that reach/image finds in a disk image, one line a thing, for the
 * end-to-end tests, which hold it against other readers of the same image.
 *
 *     image_dump IMAGE            V, D, F, L, O and E lines, parted by tabs
 *     image_dump IMAGE N PATH     the content of a file of volume N
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "reach/volume.h"

#define VOLUMES_MOST 8
#define BLOCK (1u << 20)
#define DEEP 64

static struct volume *volumes[VOLUMES_MOST];

static void
tell_times(const char *what, const struct file_times *t)
{
	printf("\t%s=%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64, what, t->created,
	       t->written, t->changed, t->read);
}

static void
tell_security(struct volume *v, const char *path)
{
	struct buf sd;

	buf_init(&sd, 1 << 16);
	if (v->can.file_security && v->ops->security(v, path, &sd) == HEARD) {
		printf("\tsd=");
		for (size_t i = 0; i < sd.len; i++)
			printf("%02x", sd.at[i]);
	}
	buf_free(&sd);
}

static void
tell(struct volume *v, size_t n, const char *path, const struct file_facts *f)
{
	char is = f->is_link ? 'L' : f->is_folder ? 'D' : f->is_other ? 'O' : 'F';

	printf("%c\t%zu\t%s\tsize=%" PRIu64, is, n, path, f->size);
	if (f->has_attributes)
		printf("\tattributes=%" PRIx32, f->attributes);
	if (f->has_times)
		tell_times("si", &f->times);
	if (f->has_name_times)
		tell_times("fn", &f->name_times);
	tell_security(v, path);
	printf("\n");
}

static void
trouble(size_t n, const char *path, enum heard heard, const struct volume *v)
{
	printf("E\t%zu\t%s\t%s\t%s\n", n, path, heard_name(heard), v->why);
}

static void
walk(size_t n, const char *path, unsigned depth)
{
	struct volume *v = volumes[n];
	struct file_list list = { .count = 0 };
	enum heard heard = v->ops->list(v, path, &list);

	if (heard != HEARD)
		trouble(n, path, heard, v);
	for (size_t i = 0; heard == HEARD && i < list.count; i++) {
		char inner[4 * PATH_ROOM];
		struct file_facts facts;

		snprintf(inner, sizeof inner, "%s%s%s", path, path[0] ? "\\" : "",
		         list.at[i].name);
		enum heard got = v->ops->stat(v, inner, &facts);
		if (got != HEARD)
			trouble(n, inner, got, v);
		else
			tell(v, n, inner, &facts);
		if (got == HEARD && facts.is_folder && depth < DEEP)
			walk(n, inner, depth + 1);
	}
	file_list_free(&list);
}

static int
content(struct volume *v, const char *path)
{
	OWN(own_mem) char *block = malloc(BLOCK);
	struct machine_file f;
	enum heard heard = v->ops->open(v, path, &f);
	size_t got = 1;

	for (uint64_t at = 0; block && heard == HEARD && got > 0; at += got) {
		heard = v->ops->read(v, &f, (struct machine_want){ at, block, BLOCK },
		                     &got);
		fwrite(block, 1, heard == HEARD ? got : 0, stdout);
	}
	if (heard == HEARD)
		v->ops->close(v, &f);
	else
		fprintf(stderr, "%s: %s\n", heard_name(heard), v->why);
	return heard == HEARD ? 0 : 1;
}

int
main(int argc, char **argv)
{
	char why[WHY_ROOM] = "";
	size_t count = 0;
	int exit_code = 0;

	if (argc < 2 ||
	    volume_image_open(argv[1], volumes, VOLUMES_MOST, &count, why)) {
		printf("REFUSED\t%s\n", why);
		return 2;
	}
	if (argc == 4) {
		size_t n = (size_t)strtoul(argv[2], NULL, 10);

		exit_code = n < count ? content(volumes[n], argv[3]) : 2;
	} else {
		if (why[0])
			printf("WHY\t%s\n", why);
		for (size_t n = 0; n < count; n++) {
			printf("V\t%zu\t%s\n", n, volumes[n]->called);
			walk(n, "", 0);
		}
	}
	for (size_t n = 0; n < count; n++)
		volume_free(volumes[n]);
	return exit_code;
}
