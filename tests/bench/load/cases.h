#pragma once
// The load cases, one function for each: reads its flags, loads the server, and prints one line of
// JSON. Each throws Failure.
#include "flags.h"

namespace midge::load {

// Throughput (throughput_cases.cpp).
void run_pub(Flags& flags);
void run_fan(Flags& flags);
void run_pairs(Flags& flags);
void run_queue(Flags& flags);
void run_stuck(Flags& flags);
void run_wild(Flags& flags);  // wild_case.cpp

void run_reqrep(Flags& flags);
void run_latency(Flags& flags);
void run_connect(Flags& flags);  // connect_cases.cpp
void run_idle(Flags& flags);
void run_relay(Flags& flags);

}  // namespace midge::load
