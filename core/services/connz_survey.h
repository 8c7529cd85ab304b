#pragma once
// Collects the connections of the page CONNZ from the event loops.
#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "client/client_row.h"
#include "connection/loop_survey.h"
#include "monitor/connz_order.h"

namespace midge {

class Account;

// A page is collected in two rounds: the first takes one number of each connection, by which the
// page is sorted and cut; the second takes the rows of those that are on the page. So a page of a
// server with very many connections costs memory for those that it shows, and each turn of a loop
// a fraction of a millisecond.
class ConnzSurvey : public std::enable_shared_from_this<ConnzSurvey> {
  public:
    // The rows that a loop makes in one turn.
    static constexpr size_t rows_per_turn = 64;

    struct Terms {
        ConnzOptions options;
        ConnzSort sort = ConnzSort::cid;
        const Account* account = nullptr;  // null: those of all accounts
    };
    using Rows = std::vector<std::shared_ptr<const ConnectionRow>>;
    // Runs a task on the thread that makes the page, where sorting holds up nobody.
    using Post = std::function<void(std::function<void()> task)>;
    // Called once, by `post`; not at all if the loops end meanwhile. `total`: the number of
    // connections before the page was cut.
    using Done = std::function<void(Rows rows, uint64_t total)>;

    ConnzSurvey(const EventLoops& loops, Terms terms, Rows closed, Post post, Done done);
    // Any thread.
    void begin();

  private:
    void note(unsigned loop, Connection& connection);
    void keys_done();
    void collect_rows(unsigned loop, std::vector<uint64_t> ids);
    void rows_done();
    [[nodiscard]] bool is_wanted(const Session& session) const;
    [[nodiscard]] bool is_wanted(const ConnectionRow& row) const;
    [[nodiscard]] ConnectionView view() const;
    void add_closed();

    const EventLoops& loops_;
    const Terms terms_;
    const Rows closed_;
    const Post post_;
    const Done done_;
    const PageTime now_;
    uint64_t total_ = 0;
    // One list for each loop, so that they need no lock.
    std::vector<std::vector<ConnzKey>> keys_of_loops_;
    std::vector<uint64_t> totals_of_loops_;
    std::vector<std::vector<std::shared_ptr<const ConnectionRow>>> rows_of_loops_;
    std::vector<ConnzKey> page_;
    std::atomic<size_t> loops_left_{0};
};

}  // namespace midge
