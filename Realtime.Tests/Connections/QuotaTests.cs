using System.Net;
using Realtime.Messages.Ids;
using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Tests.Connections;

/// <summary>What one user or one address has used, counted exactly, remembered for as long as it says something, and never without a bound.</summary>
public sealed class QuotaTests
{
    private const int Remembered = 100;
    private static readonly QuotaPolicy Policy = new()
    {
        Sockets = 3, Handshakes = 2, HandshakeBurst = 6, Requests = 10, RequestBurst = 20, Bytes = 1_000, Subscriptions = 4, Presence = 2,
    };

    private readonly QuotaLedger<string> _ledger = new(LimitScope.User, Policy, Remembered);

    [Fact]
    public void A_session_that_moves_to_another_connection_counts_once()
    {
        var session = new SessionId(1);
        var quota = Open("alice", session, 0);
        Open("alice", new SessionId(2), 0);
        Open("alice", new SessionId(3), 0);
        _ledger.Open("alice", new SessionId(4), 0, out _, out var wait).ShouldBe(LimitKind.Sockets);
        wait.ShouldBeGreaterThan(0);

        Open("alice", session, 0);
        _ledger.Close(quota, session, 0);
        quota.Sockets.ShouldBe(3);
        _ledger.Close(quota, session, 0);
        quota.Sockets.ShouldBe(2);
    }

    [Fact]
    public void A_handshake_that_is_refused_holds_nothing_and_is_told_when_the_next_one_may_come()
    {
        for (var i = 0; i < 6; i++)
        {
            _ledger.Close(Open("alice", default, 0), default, 0);
        }

        _ledger.Open("alice", default, 0, out var quota, out var wait).ShouldBe(LimitKind.Handshakes);
        (quota.Sockets, wait).ShouldBe((0, 500));
        _ledger.Open("alice", default, 499, out _, out _).ShouldBe(LimitKind.Handshakes);
        _ledger.Open("alice", default, 500, out _, out _).ShouldBeNull();
    }

    [Fact]
    public void One_without_a_connection_is_forgotten_when_its_rates_have_recovered_and_not_before()
    {
        _ledger.Close(Open("alice", default, 0), default, 0);
        Open("bob", default, 3_999);
        _ledger.Count.ShouldBe(2);

        Open("carol", default, 4_001);
        _ledger.Count.ShouldBe(2, "alice is gone, and bob is here");
    }

    [Fact]
    public void No_crowd_of_addresses_makes_it_remember_more_than_the_bound()
    {
        var here = Open("here", default, 0);
        for (var i = 0; i < 100 * Remembered; i++)
        {
            _ledger.Close(Open($"passer-{i}", default, 0), default, 0);
        }

        _ledger.Count.ShouldBeInRange(Remembered, Remembered + 2);

        // Who is connected is never forgotten, and who came last is not either.
        Open("here", default, 0).ShouldBeSameAs(here);
        for (var i = 0; i < 5; i++)
        {
            Open($"passer-{(100 * Remembered) - 1}", new SessionId(9), 0);
        }

        _ledger.Open($"passer-{(100 * Remembered) - 1}", new SessionId(9), 0, out _, out _).ShouldBe(LimitKind.Handshakes);
    }

    [Fact]
    public void Those_that_are_refused_most_are_known_by_name_with_what_the_latest_was()
    {
        Open("quiet", default, 0);
        var loud = Open("loud", default, 0);
        for (var i = 0; i < 30; i++)
        {
            loud.Request(1, 0);
        }

        for (var i = 0; i < 7; i++)
        {
            _ledger.Open("many", new SessionId((UInt128)(i + 1)), 0, out _, out _);
        }

        _ledger.MostRefused(10).ShouldBe([("loud", LimitKind.Requests, 10L), ("many", LimitKind.Handshakes, 4L)]);
        _ledger.MostRefused(1).ShouldHaveSingleItem().Key.ShouldBe("loud");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_connections_do_counts_stay_within_the_bounds_and_end_at_nothing(int seed)
    {
        var random = new Random(seed);
        var users = new UserQuotasOf(Policy);
        var address = new Quota(LimitScope.Address, Policy with { Subscriptions = 9, Presence = 5 });
        var open = new List<(ConnectionQuota Quota, int[] Held)>();
        long now = 0;
        for (var step = 0; step < 20_000; step++)
        {
            now += random.Next(0, 200);
            switch (random.Next(6))
            {
                case 0 when open.Count < 12:
                    var made = new ConnectionQuota(new ConnectionPolicy(), new LimitsPolicy { User = Policy }, users, new Alone(address));
                    open.Add((made, new int[2]));
                    break;
                case 1 when open.Count > 0:
                    // It turns out to be somebody, or somebody else.
                    open[random.Next(open.Count)].Quota.Enter(new UserId($"u{random.Next(3)}"), new SessionId((UInt128)random.Next(1, 9)), now);
                    break;
                case 2 or 3 when open.Count > 0:
                    var (quota, held) = open[random.Next(open.Count)];
                    var kind = random.Next(2);
                    held[kind] += quota.TryAdd(kind == 0 ? LimitKind.Subscriptions : LimitKind.Presence) is null ? 1 : 0;
                    break;
                case 4 when open.Count > 0:
                    var (less, has) = open[random.Next(open.Count)];
                    if (has[0] > 0)
                    {
                        has[0]--;
                        less.Add(LimitKind.Subscriptions, -1);
                    }

                    break;
                case 5 when open.Count > 0 && random.Next(3) == 0:
                    var leaver = open[random.Next(open.Count)];
                    open.Remove(leaver);
                    leaver.Quota.Leave(now);
                    break;
                default:
                    break;
            }

            address.Subscriptions.ShouldBe(open.Sum(one => one.Held[0]), $"step {step}");
            address.Presence.ShouldBe(open.Sum(one => one.Held[1]), $"step {step}");
            address.Subscriptions.ShouldBeLessThanOrEqualTo(9);
            address.Presence.ShouldBeLessThanOrEqualTo(5);
            users.All.ShouldAllBe(user => user.Sockets <= Policy.Sockets && user.Sockets >= 0 && user.Subscriptions >= 0 && user.Presence >= 0);
        }

        open.ForEach(one => one.Quota.Leave(now));
        users.All.ShouldAllBe(user => user.Sockets == 0 && user.Subscriptions == 0 && user.Presence == 0);
        (address.Subscriptions, address.Presence).ShouldBe((0, 0));
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.200.3.4", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("128.0.0.1", false)]
    [InlineData("126.255.255.255", false)]
    [InlineData("10.0.0.1", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("fe80::1", false)]
    public void Programs_on_this_machine_are_known_by_their_address(string address, bool isHere) =>
        ClientAddress.Of(IPAddress.Parse(address)).IsThisMachine.ShouldBe(isHere);

    [Fact]
    public void A_welcomed_socket_leaves_its_place_once_and_a_closed_one_gives_everything_back()
    {
        var limits = new SocketLimits(new LimitsPolicy { UnauthenticatedSockets = 2, UnauthenticatedBytes = 100 }, new ConnectionInstruments(), TimeProvider.System);
        var address = ClientAddress.Of(IPAddress.Parse("203.0.113.7"));
        var one = limits.Open(address, out _, out _)!;
        using var two = limits.Open(address, out _, out _)!;
        limits.Open(address, out var scope, out _).ShouldBeNull();
        scope.ShouldBe(LimitScope.Unauthenticated);

        one.TryHold(60).ShouldBeTrue();
        two.TryHold(60).ShouldBeFalse();
        one.Welcomed();
        one.Welcomed();
        one.TryHold(1_000_000).ShouldBeTrue("it is somebody");
        (limits.Pool.Sockets, limits.Pool.Bytes).ShouldBe((1, 60L));
        one.Dispose();
        two.Dispose();
        two.Dispose();
        two.Welcomed();
        (limits.Pool.Sockets, limits.Pool.Bytes).ShouldBe((0, 0L));
    }

    private Quota Open(string key, SessionId session, long now)
    {
        _ledger.Open(key, session, now, out var quota, out _).ShouldBeNull();
        return quota;
    }

    /// <summary>A quota that nobody else asks.</summary>
    private sealed class Alone(Quota quota, Action<SessionId>? close = null) : IQuota
    {
        public LimitScope Scope => quota.Scope;

        public QuotaPolicy Policy => quota.Policy;

        public Limited? Request(int bytes, long now) => quota.Request(bytes, now);

        public bool TryAdd(LimitKind kind) => quota.TryAdd(kind);

        public void Add(LimitKind kind, int count) => quota.Add(kind, count);

        public void Close(SessionId session, long now) => close?.Invoke(session);
    }

    private sealed class UserQuotasOf(QuotaPolicy policy) : IUserQuotas
    {
        private readonly QuotaLedger<UserId> _ledger = new(LimitScope.User, policy, 1_000);
        private readonly HashSet<Quota> _all = [];

        public IEnumerable<Quota> All => _all;

        public LimitKind? Open(UserId user, SessionId session, long now, out IQuota? quota, out int wait)
        {
            var no = _ledger.Open(user, session, now, out var opened, out wait);
            _all.Add(opened);
            quota = no is null ? new Alone(opened, of => _ledger.Close(opened, of, now)) : null;
            return no;
        }
    }
}
