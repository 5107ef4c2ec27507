#include "cmd/nearest.h"

#include <string.h>

#define NAME_MOST 48 /* longer words are no slips of the finger */

static size_t
smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * Letters to insert, drop, change, or swap with their neighbour, to make `b` of
 * `a` (the optimal string alignment distance).  Keeps three rows of its table.
 */
static size_t
distance(const char *a, const char *b)
{
	size_t rows[3][NAME_MOST + 1];
	size_t a_len = strlen(a);
	size_t b_len = strlen(b);

	if (a_len > NAME_MOST || b_len > NAME_MOST)
		return NAME_MOST;
	for (size_t j = 0; j <= b_len; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t *row = rows[i % 3];
		const size_t *above = rows[(i + 2) % 3];
		const size_t *two_above = rows[(i + 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t change = above[j - 1] + (a[i - 1] != b[j - 1]);

			row[j] = smaller(change, smaller(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				row[j] = smaller(row[j], two_above[j - 2] + 1);
		}
	}
	return rows[a_len % 3][b_len];
}

struct nearest
nearest_to(const char *typed)
{
	/* At most two letters in five wrong, but always one. */
	size_t most = strlen(typed) * 2 / 5;

	return (struct nearest){ .typed = typed, .distance = (most ? most : 1) + 1 };
}

void
nearest_offer(struct nearest *n, const char *name)
{
	size_t len = strlen(n->typed);
	/* A beginning of three letters is as good as one slip. */
	size_t far = len >= 3 && strncmp(name, n->typed, len) == 0
	                 ? 1
	                 : distance(n->typed, name);

	if (far < n->distance) {
		n->distance = far;
		n->name = name;
	}
}
