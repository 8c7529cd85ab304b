#pragma once
// Plays a script against a server.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "wire/runner/client.h"
#include "wire/runner/connection.h"
#include "wire/runner/pattern.h"
#include "wire/runner/script.h"

namespace midge::wire {

struct Failure {
    int line = 0;
    std::string client;
    std::string expected;
    std::string got;
};

// Plays one script once; used for that time, on one thread.
class Player {
  public:
    // Requires: `script` and `dialer` outlive the player.
    Player(const Script& script, Dialer& dialer, ClientOptions options, int64_t now);

    // Returns the first difference from the script; no value if there is none.
    [[nodiscard]] std::optional<Failure> play();

  private:
    using Outcome = std::optional<Failure>;

    [[nodiscard]] Outcome run(const Step& step);
    [[nodiscard]] Outcome send(const Step& step, Client& client);
    [[nodiscard]] Outcome expect_in_order(const Step& step, Client& client);
    [[nodiscard]] Outcome expect_any_order(const Step& step, Client& client);
    [[nodiscard]] Outcome expect_regex(const Step& step, Client& client);
    [[nodiscard]] Outcome expect_closed(const Step& step, Client& client);
    [[nodiscard]] Outcome expect_closed_at_last(const Step& step, Client& client);
    [[nodiscard]] Outcome expect_silent(const Step& step, Client& client);
    [[nodiscard]] Outcome expect_shared(const Step& step);
    // Checks that every open client works and has received only what steps expected.
    [[nodiscard]] Outcome finish();
    void close_all();

    [[nodiscard]] Opening opening_of(const std::string& name) const;
    [[nodiscard]] Result<Client*> client(const std::string& name);
    [[nodiscard]] Result<std::string> group(std::string_view number) const;
    [[nodiscard]] Lookup lookup_for(const std::string& client) const;
    [[nodiscard]] Result<std::vector<Pattern>> patterns_of(const Step& step) const;
    [[nodiscard]] static Failure failure(const Step& step, const std::string& expected,
                                         const std::string& got);

    const Script& script_;
    Dialer& dialer_;
    ClientOptions options_;
    int64_t now_;
    std::map<std::string, Client> clients_;
    std::vector<std::string> groups_;  // of the last regular expression with groups
};

}  // namespace midge::wire
