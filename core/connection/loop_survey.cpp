#include "connection/loop_survey.h"

#include <atomic>
#include <unordered_set>

#include "connection/connection.h"
#include "connection/connection_counts.h"

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

// The visits to the connections of one loop, some in each turn.
class Visits : public std::enable_shared_from_this<Visits> {
  public:
    Visits(EventLoop& loop, std::function<void(EventLoop&, Connection&)> visit,
           std::shared_ptr<Round> round)
        : loop_(loop), visit_(std::move(visit)), round_(std::move(round)) {}

    void begin() {
        last_ = loop_.counts().last_id();
        places_ = loop_.places();
        go_on();
    }

  private:
    void go_on() {
        if (loop_.places() != places_) begin_anew();
        const size_t visited_before = visited_.size();
        const size_t place_before = next_;
        const auto visit_new = [this](Connection& connection) {
            if (connection.closed() || connection.id() > last_) return;
            if (begun_anew_ && visited_before_.count(connection.id()) != 0) return;
            visited_.push_back(connection.id());
            visit_(loop_, connection);
        };
        while (next_ < places_ && visited_.size() - visited_before < visits_per_turn &&
               next_ - place_before < places_per_turn)
            loop_.visit_place(next_++, visit_new);
        if (next_ == places_) {
            round_->answered();
        } else {
            loop_.post([self = shared_from_this()] { self->go_on(); });
        }
    }
    // New connections have changed the places of all.
    void begin_anew() {
        begun_anew_ = true;
        visited_before_.insert(visited_.begin(), visited_.end());
        visited_.clear();
        places_ = loop_.places();
        next_ = 0;
    }

    // Most places have no connection, or one.
    static constexpr size_t places_per_turn = 8 * visits_per_turn;

    EventLoop& loop_;
    const std::function<void(EventLoop&, Connection&)> visit_;
    const std::shared_ptr<Round> round_;
    uint64_t last_ = 0;  // later connections are not visited
    size_t places_ = 0;
    size_t next_ = 0;  // place
    std::vector<uint64_t> visited_;
    bool begun_anew_ = false;
    std::unordered_set<uint64_t> visited_before_;  // filled if it has begun anew
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
