#include "connection/loop_survey.h"

#include <algorithm>
#include <atomic>

#include "connection/connection.h"

namespace midge {
namespace {

// Calls `done` when all loops have answered.
class Round {
  public:
    Round(size_t loops, Task done) : missing_(loops), done_(std::move(done)) {}
    void answered() {
        if (missing_.fetch_sub(1) == 1) done_();
    }

  private:
    std::atomic<size_t> missing_;
    const Task done_;
};

// The connections of one loop that are still to be visited.
struct Visits : std::enable_shared_from_this<Visits> {
    EventLoop& loop;
    std::function<void(EventLoop&, Connection&)> visit;
    std::shared_ptr<Round> round;
    std::vector<uint64_t> ids{};
    size_t next = 0;

    Visits(EventLoop& of, std::function<void(EventLoop&, Connection&)> with,
           std::shared_ptr<Round> in)
        : loop(of), visit(std::move(with)), round(std::move(in)) {}

    void begin() {
        for (const Connection* connection : loop.connections()) ids.push_back(connection->id());
        go_on();
    }
    void go_on() {
        const size_t end = std::min(next + visits_per_turn, ids.size());
        for (; next < end; ++next) {
            if (Connection* const found = loop.find(ids[next])) visit(loop, *found);
        }
        if (next == ids.size()) {
            round->answered();
        } else {
            loop.post([self = shared_from_this()] { self->go_on(); });
        }
    }
};

}  // namespace

void ask_loops(const EventLoops& loops, std::function<void(EventLoop& loop)> ask, Task done) {
    const auto round = std::make_shared<Round>(loops.size(), std::move(done));
    for (const auto& loop : loops) {
        loop->post([ask, round, &loop = *loop] {
            ask(loop);
            round->answered();
        });
    }
}

void visit_connections(const EventLoops& loops,
                       std::function<void(EventLoop& loop, Connection&)> visit, Task done) {
    const auto round = std::make_shared<Round>(loops.size(), std::move(done));
    for (const auto& loop : loops) {
        loop->post([visits = std::make_shared<Visits>(*loop, visit, round)] { visits->begin(); });
    }
}

}  // namespace midge
