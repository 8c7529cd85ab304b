#include <pthread.h>
#include <signal.h>

#include <initializer_list>

#include "account-server/process.h"

namespace midge::tools {
namespace {

sigset_t handled_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
    return signals;
}

}  // namespace

void prepare_stop_requests() {
    const sigset_t signals = handled_signals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    signal(SIGPIPE, SIG_IGN);
}

StopRequest wait_for_stop_request() {
    const sigset_t signals = handled_signals();
    int received = 0;
    while (sigwait(&signals, &received) != 0) {
    }
    return received == SIGHUP ? StopRequest::restart : StopRequest::stop;
}

}  // namespace midge::tools
