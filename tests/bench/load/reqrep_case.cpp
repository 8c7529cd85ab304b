// Requests and replies: one requestor, one responder, and some requests in flight. One thread
// serves both, and it has nothing to do while the server works. With one request in flight, never
// more than one of the three parties is running.
#include <sys/epoll.h>

#include <algorithm>

#include "cases.h"
#include "connection.h"
#include "frames.h"
#include "measure.h"
#include "wire.h"

namespace midge::load {
namespace {

constexpr int64_t requests_max = 100'000'000;
constexpr int64_t in_flight_max = 1024;
constexpr size_t payload_bytes = 16;
constexpr int wait_milliseconds = 10'000;
constexpr const char* service = "bench.service";
constexpr const char* inbox = "bench.inbox.a";
constexpr const char* sid = "1";

std::string repeat(const std::string& text, int64_t count) {
    std::string all;
    for (; count > 0; --count) all += text;
    return all;
}

// Owns both ends. Replies have the order of the requests, so that the n-th reply belongs to the
// n-th request.
class RoundTrips {
  public:
    RoundTrips(const Server& server, int64_t requests, int64_t in_flight)
        : requests_(requests),
          requestor_(server),
          responder_(server),
          replies_(msg_frame_bytes(inbox, sid, payload_bytes)),
          received_requests_(msg_frame_bytes(service, sid, payload_bytes) +
                             std::string_view(inbox).size() + 1),
          in_flight_(in_flight),
          sent_at_(static_cast<size_t>(in_flight)) {
        request_ = pub_frame(std::string(service) + " " + inbox, payload_bytes);
        request_buffer_ = repeat(request_, in_flight);
        reply_ = pub_frame(inbox, payload_bytes);
        reply_buffer_ = repeat(reply_, in_flight);
        nanos_.reserve(static_cast<size_t>(requests));
        subscribe(requestor_, inbox);
        subscribe(responder_, service);
    }

    void run() {
        watch(requestor_);
        watch(responder_);
        send_requests(std::min(in_flight_, requests_));
        while (static_cast<int64_t>(nanos_.size()) < requests_) turn();
    }

    [[nodiscard]] std::vector<uint32_t>& nanos() { return nanos_; }

  private:
    static void subscribe(Connection& connection, const char* subject) {
        connection.send_all("SUB " + std::string(subject) + " " + sid + "\r\n");
        connection.ping();
    }

    void watch(Connection& connection) {
        connection.set_nonblocking();
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = connection.fd();
        if (::epoll_ctl(epoll_.fd(), EPOLL_CTL_ADD, connection.fd(), &event) != 0)
            throw system_failure("epoll_ctl");
    }

    void turn() {
        epoll_event events[2];
        const int count = ::epoll_wait(epoll_.fd(), events, 2, wait_milliseconds);
        if (count == 0) {
            throw Failure("no answer after " + std::to_string(nanos_.size()) + " of " +
                          std::to_string(requests_) + " requests");
        }
        for (int i = 0; i < count; ++i) {
            if (events[i].data.fd == responder_.fd()) {
                answer();
            } else {
                take_replies();
            }
        }
    }

    void answer() {
        size_t asked = 0;
        received_requests_.read(responder_.fd(), [&](const char*) { ++asked; });
        responder_.send_all(std::string_view(reply_buffer_).substr(0, asked * reply_.size()));
    }

    void take_replies() {
        int64_t came = 0;
        const int64_t now = now_nanos();
        replies_.read(requestor_.fd(), [&](const char*) {
            nanos_.push_back(
                static_cast<uint32_t>(now - sent_at_[nanos_.size() % sent_at_.size()]));
            ++came;
        });
        send_requests(std::min(came, requests_ - sent_));
    }

    void send_requests(int64_t count) {
        const int64_t now = now_nanos();
        for (int64_t i = 0; i < count; ++i)
            sent_at_[static_cast<size_t>(sent_++) % sent_at_.size()] = now;
        requestor_.send_all(std::string_view(request_buffer_)
                                .substr(0, static_cast<size_t>(count) * request_.size()));
    }

    int64_t requests_;
    Connection requestor_;
    Connection responder_;
    FrameReader replies_;
    FrameReader received_requests_;
    int64_t in_flight_;
    Socket epoll_{::epoll_create1(EPOLL_CLOEXEC)};
    std::string request_, request_buffer_, reply_, reply_buffer_;
    std::vector<int64_t> sent_at_;  // ring of the requests in flight
    int64_t sent_ = 0;
    std::vector<uint32_t> nanos_;
};

}  // namespace

void run_reqrep(Flags& flags) {
    const Server server = Server::from(flags);
    const int64_t requests = flags.number("count", 50'000, 1, requests_max);
    const int64_t in_flight = flags.number("in-flight", 1, 1, in_flight_max);
    flags.finish();

    RoundTrips round_trips(server, requests, in_flight);
    Stopwatch watch(server.process);
    round_trips.run();
    watch.stop();
    Report report;
    watch.report(report);
    report.add("messages", static_cast<uint64_t>(requests));
    report.add("deliveries", static_cast<uint64_t>(2 * requests));
    report_percentiles(report, round_trips.nanos());
    report.print();
}

}  // namespace midge::load
