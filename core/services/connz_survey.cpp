#include "services/connz_survey.h"

#include <algorithm>
#include <unordered_map>

#include "client/clients.h"
#include "subject/subject.h"

namespace midge {

ConnzSurvey::ConnzSurvey(const EventLoops& loops, Terms terms, Rows closed, Post post, Done done)
    : loops_(loops),
      terms_(std::move(terms)),
      closed_(std::move(closed)),
      post_(std::move(post)),
      done_(std::move(done)),
      keys_of_loops_(loops.size()),
      totals_of_loops_(loops.size()),
      rows_of_loops_(loops.size()) {}

ConnectionView ConnzSurvey::view() const {
    return {terms_.options.auth, terms_.options.subscriptions};
}

void ConnzSurvey::begin() {
    add_closed();
    if (terms_.options.state == ConnectionState::closed) {
        post_([self = shared_from_this()] { self->keys_done(); });
        return;
    }
    visit_connections(
        loops_,
        [self = shared_from_this()](EventLoop& loop, Connection& connection) {
            self->note(loop.index(), connection);
        },
        [self = shared_from_this()] { self->post_([self] { self->keys_done(); }); });
}

void ConnzSurvey::add_closed() {
    if (terms_.options.state == ConnectionState::open) return;
    for (const auto& row : closed_) {
        if (terms_.account != nullptr && row->auth.account != terms_.account->name() &&
            !(terms_.account->is_global() && row->auth.account.empty()))
            continue;
        ++total_;
        if (!is_wanted(*row)) continue;
        ConnzKey key = connz_key(*row, terms_.sort, now_.wall);
        key.closed = row;
        page_.push_back(std::move(key));
    }
}

bool ConnzSurvey::is_wanted(const ConnectionRow& row) const {
    const ConnzOptions& options = terms_.options;
    if (options.cid != 0 && row.cid != options.cid) return false;
    if (!options.user.empty() && row.auth.user != options.user) return false;
    if (!options.mqtt_client.empty()) return false;
    return options.filter_subject.empty() ||
           std::any_of(row.subscription_rows.begin(), row.subscription_rows.end(),
                       [&](const SubscriptionRow& one) {
                           return overlap(one.subject, options.filter_subject);
                       });
}

bool ConnzSurvey::is_wanted(const Session& session) const {
    const ConnzOptions& options = terms_.options;
    const ClientState& client = session.client();
    if (options.cid != 0 && session.id() != options.cid) return false;
    if (!options.user.empty() && (!client.connected || client.grant.user != options.user))
        return false;
    if (!options.mqtt_client.empty()) return false;
    const auto& subscriptions = client.subscriptions.all();
    return options.filter_subject.empty() ||
           std::any_of(subscriptions.begin(), subscriptions.end(), [&](const auto& one) {
               return overlap(one.second->subject(), options.filter_subject);
           });
}

void ConnzSurvey::note(unsigned loop, Connection& connection) {
    const Session* const session = as_client(&connection);
    if (session == nullptr) return;
    if (terms_.account != nullptr && session->client().grant.account != terms_.account) return;
    ++totals_of_loops_[loop];
    if (!is_wanted(*session)) return;
    ConnzKey key = connz_key(client_figures(*session, now_), terms_.sort, now_.wall);
    key.loop = loop;
    keys_of_loops_[loop].push_back(std::move(key));
}

// All loops have finished, so that this thread may read what they wrote.
void ConnzSurvey::keys_done() {
    for (std::vector<ConnzKey>& keys : keys_of_loops_) {
        std::move(keys.begin(), keys.end(), std::back_inserter(page_));
        keys = {};
    }
    for (const uint64_t count : totals_of_loops_) total_ += count;
    select_page(page_, terms_.options.offset, terms_.options.limit);
    std::vector<std::vector<uint64_t>> ids(loops_.size());
    for (const ConnzKey& key : page_) {
        if (!key.closed) ids[key.loop].push_back(key.cid);
    }
    loops_left_ = loops_.size();
    for (unsigned i = 0; i < loops_.size(); ++i) {
        loops_[i]->post([self = shared_from_this(), i, wanted = std::move(ids[i])]() mutable {
            self->collect_rows(i, std::move(wanted));
        });
    }
}

// Those that have closed meanwhile are left out.
void ConnzSurvey::collect_rows(unsigned loop, std::vector<uint64_t> ids) {
    for (size_t made = 0; made < rows_per_turn && !ids.empty(); ++made) {
        Session* const session = as_client(loops_[loop]->find(ids.back()));
        ids.pop_back();
        if (session == nullptr) continue;
        rows_of_loops_[loop].push_back(
            std::make_shared<const ConnectionRow>(client_row(*session, view(), now_)));
        session->liveness().measure();
    }
    if (ids.empty()) {
        if (loops_left_.fetch_sub(1) == 1)
            post_([self = shared_from_this()] { self->rows_done(); });
        return;
    }
    loops_[loop]->post([self = shared_from_this(), loop, left = std::move(ids)]() mutable {
        self->collect_rows(loop, std::move(left));
    });
}

void ConnzSurvey::rows_done() {
    std::unordered_map<uint64_t, std::shared_ptr<const ConnectionRow>> open;
    for (const auto& rows : rows_of_loops_) {
        for (const auto& row : rows) open.emplace(row->cid, row);
    }
    Rows rows;
    for (const ConnzKey& key : page_) {
        if (key.closed) {
            rows.push_back(key.closed);
        } else if (const auto found = open.find(key.cid); found != open.end()) {
            rows.push_back(found->second);
        }
    }
    done_(std::move(rows), total_);
}

}  // namespace midge
