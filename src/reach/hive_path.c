#include "reach/hive_path.h"

struct span
hive_path_next(struct span *rest)
{
	size_t len = 0;

	while (len < rest->left && rest->at[len] != '\\')
		len++;
	struct span name = span_cut(rest, len);
	if (rest->left > 0)
		(void)span_cut(rest, 1);
	return name;
}
