/* qos.h: the flow specification of quality of service.
 *
 * Owns the types that connecting and accepting mention. Nothing here reserves bandwidth.
 */
#ifndef __QOS_H_
#define __QOS_H_

#include <minwindef.h>

typedef ULONG SERVICETYPE;

typedef struct _flowspec {
  ULONG TokenRate;
  ULONG TokenBucketSize;
  ULONG PeakBandwidth;
  ULONG Latency;
  ULONG DelayVariation;
  SERVICETYPE ServiceType;
  ULONG MaxSduSize;
  ULONG MinimumPolicedSize;
} FLOWSPEC, *PFLOWSPEC, *LPFLOWSPEC;

#endif
