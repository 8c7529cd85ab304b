#include "subject/subject_index.h"

#include <algorithm>
#include <cassert>
#include <mutex>

#include "subject/subject.h"

namespace midge {
namespace {

// If more subscriptions than this have one pattern, matches share one list of them.
constexpr size_t copied_max = 16;

void keep_each_once(std::vector<Ref<MatchTarget>>& targets) {
    std::sort(targets.begin(), targets.end(), [](const auto& a, const auto& b) {
        return std::less<const MatchTarget*>()(a.get(), b.get());
    });
    targets.erase(std::unique(targets.begin(), targets.end()), targets.end());
}

}  // namespace

struct SubjectIndex::Node {
    std::unordered_map<std::string, std::unique_ptr<Node>, TextHash, std::equal_to<>> literals;
    std::unique_ptr<Node> one;   // '*'
    std::unique_ptr<Node> rest;  // '>'; has entries only
    std::vector<Ref<IndexEntry>> plain;
    std::vector<Ref<IndexEntry>> targeted;  // entries without queue that have a target
    QueueGroups queues;
    size_t interested = 0;  // entries of plain and targeted that count as interest
    // Result with all of these; null: not requested since the last change.
    mutable Ref<const MatchResult> kept;

    [[nodiscard]] size_t receivers() const {
        return plain.size() + targeted.size() + queues.all().size();
    }
    [[nodiscard]] bool empty() const {
        return literals.empty() && !one && !rest && receivers() == 0;
    }
    [[nodiscard]] Node& child(const Token& token) {
        if (token.text == "*") return *(one ? one : one = std::make_unique<Node>());
        if (token.text == ">" && !token.more)
            return *(rest ? rest : rest = std::make_unique<Node>());
        auto found = literals.find(token.text);
        if (found == literals.end()) {
            found = literals.emplace(std::string(token.text), std::make_unique<Node>()).first;
        }
        return *found->second;
    }
    [[nodiscard]] Node* find_child(const Token& token) {
        if (token.text == "*") return one.get();
        if (token.text == ">" && !token.more) return rest.get();
        const auto found = literals.find(token.text);
        return found == literals.end() ? nullptr : found->second.get();
    }
    void drop_child(const Token& token) {
        if (token.text == "*") {
            one.reset();
        } else if (token.text == ">" && !token.more) {
            rest.reset();
        } else {
            literals.erase(literals.find(token.text));
        }
    }
};

SubjectIndex::SubjectIndex() : root_(std::make_unique<Node>()) {}
SubjectIndex::~SubjectIndex() = default;

void SubjectIndex::insert(const Ref<IndexEntry>& entry) {
    Ref<const MatchResult> former;  // destroyed after the lock is released
    Woken woken;
    std::unique_lock lock(mutex_);
    Node* node = root_.get();
    std::string_view rest = entry->subject();
    for (bool more = true; more;) {
        const Token token = take_token(rest);
        node = &node->child(token);
        more = token.more;
    }
    former = std::exchange(node->kept, {});
    uint64_t steps = 0;
    QueueGroup* const group =
        entry->queue().empty() ? nullptr : &node->queues.change(entry->queue(), steps);
    auto& entries = group != nullptr             ? group->members
                    : entry->target() != nullptr ? node->targeted
                                                 : node->plain;
    entry->place_ = entries.size();
    entries.push_back(entry);
    size_t& interested = group != nullptr ? group->interested : node->interested;
    if (entry->counts_as_interest() && interested++ == 0) tell(*entry, true, woken);
    count_steps(steps + 1);
    size_.fetch_add(1, std::memory_order_relaxed);
    inserts_.fetch_add(1, std::memory_order_relaxed);
    generation_.fetch_add(1, std::memory_order_release);
    lock.unlock();
    wake(woken);
}

bool SubjectIndex::visit_node(const Node& node,
                              const std::function<bool(const IndexEntry&)>& visit) {
    const auto visit_all = [&](const std::vector<Ref<IndexEntry>>& entries) {
        return std::all_of(entries.begin(), entries.end(),
                           [&](const Ref<IndexEntry>& entry) { return visit(*entry); });
    };
    if (!visit_all(node.plain) || !visit_all(node.targeted)) return false;
    for (const Ref<QueueGroup>& group : node.queues.all()) {
        if (!visit_all(group->members)) return false;
    }
    for (const auto* const child : {node.one.get(), node.rest.get()}) {
        if (child != nullptr && !visit_node(*child, visit)) return false;
    }
    return std::all_of(node.literals.begin(), node.literals.end(),
                       [&](const auto& child) { return visit_node(*child.second, visit); });
}

void SubjectIndex::visit(const std::function<bool(const IndexEntry&)>& visit) const {
    const std::shared_lock lock(mutex_);
    (void)visit_node(*root_, visit);
}

bool SubjectIndex::remove(const IndexEntry& entry) {
    Ref<const MatchResult> former;  // destroyed after the lock is released
    Woken woken;
    std::unique_lock lock(mutex_);
    // The nodes from the root, so that empty ones can be removed on the way back.
    std::vector<std::pair<Node*, Token>> path;
    Node* node = root_.get();
    std::string_view rest = entry.subject();
    for (bool more = true; more;) {
        const Token token = take_token(rest);
        path.emplace_back(node, token);
        node = node->find_child(token);
        if (node == nullptr) return false;
        more = token.more;
    }
    former = std::exchange(node->kept, {});
    if (!erase(*node, entry, woken)) return false;
    for (; !path.empty() && node->empty(); path.pop_back()) {
        node = path.back().first;
        node->drop_child(path.back().second);
    }
    size_.fetch_sub(1, std::memory_order_relaxed);
    generation_.fetch_add(1, std::memory_order_release);
    lock.unlock();
    wake(woken);
    return true;
}

bool SubjectIndex::replace(const IndexEntry& entry, const Ref<IndexEntry>& by) {
    Ref<const MatchResult> former;  // destroyed after the lock is released
    const std::unique_lock lock(mutex_);
    Node* node = root_.get();
    std::string_view rest = entry.subject();
    for (bool more = true; more;) {
        const Token token = take_token(rest);
        node = node->find_child(token);
        if (node == nullptr) return false;
        more = token.more;
    }
    assert(by->target() == entry.target() &&
           by->counts_as_interest() == entry.counts_as_interest());
    uint64_t steps = 1;
    const Place place = place_of(*node, entry, steps);
    if (place.entries == nullptr) return false;
    former = std::exchange(node->kept, {});
    by->place_ = entry.place_;
    (*place.entries)[by->place_] = by;
    count_steps(steps);
    generation_.fetch_add(1, std::memory_order_release);
    return true;
}

SubjectIndex::Place SubjectIndex::place_of(Node& node, const IndexEntry& entry, uint64_t& steps) {
    const bool in_group = !entry.queue().empty();
    auto& alone = entry.target() != nullptr ? node.targeted : node.plain;
    const size_t group = in_group ? node.queues.place_of(entry.queue(), steps) : 0;
    if (group == QueueGroups::nowhere) return {};
    const auto& known = in_group ? node.queues.all()[group]->members : alone;
    if (entry.place_ >= known.size() || known[entry.place_].get() != &entry) return {};
    if (!in_group) return {&alone, &node.interested};
    QueueGroup& own = node.queues.change(entry.queue(), steps);
    return {&own.members, &own.interested};
}

bool SubjectIndex::erase(Node& node, const IndexEntry& entry, Woken& woken) {
    uint64_t steps = 1;
    const auto [entries, interested] = place_of(node, entry, steps);
    if (entries == nullptr) return false;
    // Order does not matter, so the last entry takes the free position.
    entries->back()->place_ = entry.place_;
    std::swap((*entries)[entry.place_], entries->back());
    entries->pop_back();
    if (entry.counts_as_interest() && --*interested == 0) tell(entry, false, woken);
    if (!entry.queue().empty() && entries->empty())
        node.queues.erase(node.queues.place_of(entry.queue(), steps));
    count_steps(steps);
    return true;
}

void SubjectIndex::tell(const IndexEntry& entry, bool wanted, Woken& woken) const {
    for (const Ref<InterestFeed>& feed : feeds_) {
        if (feed->note(entry.subject(), entry.queue(), wanted)) woken.push_back(feed);
    }
}

void SubjectIndex::wake(const Woken& woken) {
    for (const Ref<InterestFeed>& feed : woken) feed->wake();
}

void SubjectIndex::observe(const Ref<InterestFeed>& feed) {
    std::unique_lock lock(mutex_);
    feeds_.push_back(feed);
    const bool is_due = tell_all(*root_, *feed);
    lock.unlock();
    if (is_due) feed->wake();
}

void SubjectIndex::forget(const InterestFeed& feed) {
    const std::unique_lock lock(mutex_);
    std::erase_if(feeds_, [&feed](const auto& known) { return known.get() == &feed; });
}

// The depth has the same limit as in collect().
bool SubjectIndex::tell_all(const Node& node, InterestFeed& feed) {
    bool is_due = false;
    if (node.interested > 0) {
        const auto& entries = node.plain.empty() ? node.targeted : node.plain;
        is_due |= feed.note(entries.front()->subject(), {}, true);
    }
    for (const Ref<QueueGroup>& group : node.queues.all()) {
        if (group->interested > 0)
            is_due |= feed.note(group->members.front()->subject(), group->name, true);
    }
    for (const auto& [token, child] : node.literals) is_due |= tell_all(*child, feed);
    for (const Node* child : {node.one.get(), node.rest.get()}) {
        if (child != nullptr) is_due |= tell_all(*child, feed);
    }
    return is_due;
}

Ref<const MatchResult> SubjectIndex::match(std::string_view subject) const {
    matches_.fetch_add(1, std::memory_order_relaxed);
    if (!is_matchable(subject)) return make_ref<const MatchResult>();
    Nodes nodes;
    const std::shared_lock lock(mutex_);
    collect(*root_, subject, nodes);
    return nodes.size() == 1 && nodes.front()->receivers() > copied_max ? match_of(*nodes.front())
                                                                        : join(nodes);
}

// The depth is limited by the number of the subject's tokens, and that by max_control_line.
void SubjectIndex::collect(const Node& node, std::string_view rest, Nodes& out) {
    const auto take = [&out](const Node& found) {
        if (found.receivers() > 0) out.push_back(&found);
    };
    if (node.rest) take(*node.rest);
    const Token token = take_token(rest);
    const auto descend = [&](const Node& next) {
        token.more ? collect(next, rest, out) : take(next);
    };
    if (const auto found = node.literals.find(token.text); found != node.literals.end())
        descend(*found->second);
    if (node.one) descend(*node.one);
}

Ref<const MatchResult> SubjectIndex::match_of(const Node& node) const {
    const std::lock_guard lock(kept_mutex_);
    if (!node.kept) node.kept = join({&node});
    return node.kept;
}

// Starts with the groups of the node that has the most, without copying them.
Ref<const MatchResult> SubjectIndex::join(const Nodes& nodes) const {
    auto out = make_ref<MatchResult>();
    uint64_t steps = 0;
    const Node* most = nullptr;
    size_t plain = 0;
    for (const Node* node : nodes) {
        plain += node->plain.size();
        if (most == nullptr || node->queues.all().size() > most->queues.all().size()) most = node;
    }
    out->plain.reserve(plain);
    if (most != nullptr) out->queues = most->queues.all();
    QueueGroups added;
    for (const Node* node : nodes) {
        steps += node->receivers();
        out->plain.insert(out->plain.end(), node->plain.begin(), node->plain.end());
        for (const Ref<IndexEntry>& entry : node->targeted)
            out->targets.emplace_back(entry->target());
        if (node == most) continue;
        for (const Ref<QueueGroup>& group : node->queues.all()) {
            const size_t place = most->queues.place_of(group->name, steps);
            auto& members = place != QueueGroups::nowhere
                                ? own_group(out->queues[place], steps).members
                                : added.change(group->name, steps).members;
            members.insert(members.end(), group->members.begin(), group->members.end());
            steps += group->members.size();
        }
    }
    out->queues.insert(out->queues.end(), added.all().begin(), added.all().end());
    if (out->targets.size() > 1) keep_each_once(out->targets);
    out->only_plain = out->queues.empty() && out->targets.empty();
    // Members of every group count. Others may share the groups, but only until a group changes.
    size_t members = 0;
    for (const Ref<QueueGroup>& group : out->queues) members += group->members.size();
    out->memory_bytes =
        sizeof(MatchResult) +
        (plain + out->queues.size() + members + out->targets.size()) * sizeof(void*);
    count_steps(steps);
    return out;
}

}  // namespace midge
