#include "know/detectors.h"

#include "know/find.h"

const struct detector *
detector_find(const char *id)
{
	return know_find(id, detectors, detectors_count, sizeof detectors[0]);
}
