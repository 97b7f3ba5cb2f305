using System.Net;
using System.Text;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;

namespace Realtime.Tests.Connections;

/// <summary>Sessions that come, change, are taken over and go in any order, against a store that has what they wrote.</summary>
public sealed class AnonymousLedgerPropertyTests
{
    private static readonly AnonymousPolicy Policy = new() { Bytes = 2_000, Rate = 1_000_000, Keep = TimeSpan.FromSeconds(90), Sessions = 10_000 };
    private static readonly ClientAddress[] Addresses = [.. Enumerable.Range(1, 3).Select(i => ClientAddress.Of(IPAddress.Parse($"203.0.113.{i}")))];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Nothing_is_kept_beyond_the_bound_and_nothing_is_counted_when_all_is_over(int seed)
    {
        var random = new Random(seed);
        var ledger = new AnonymousLedger(Policy);
        var stored = new Dictionary<SessionId, SortedList<string, Payload>>();
        var places = new Dictionary<SessionId, ClientAddress>();
        var connections = new List<Client>();
        var refused = 0;
        var now = 1_000L;
        for (var step = 0; step < 20_000; step++)
        {
            now += random.Next(0, 5);
            switch (random.Next(10))
            {
                case 0 or 1 when connections.Count < 30:
                    // One that is new, or one of those that are gone.
                    var id = new SessionId((UInt128)random.Next(1, 60));
                    if (connections.Exists(other => other.Id == id))
                    {
                        break;
                    }

                    var state = stored.TryGetValue(id, out var known) ? known : stored[id] = [];
                    var address = Addresses[random.Next(Addresses.Length)];
                    places.TryAdd(id, address);
                    connections.Add(new Client(id, state, new AnonymousShare(ledger, address, id, [.. state], now)));
                    break;
                case < 7 when connections.Count > 0:
                    var client = connections[random.Next(connections.Count)];
                    refused += client.Set($"key{random.Next(4)}", random.Next(3) == 0 ? 0 : random.Next(1, 300), now) ? 0 : 1;
                    break;
                case 7 or 8 when connections.Count > 0:
                    connections[random.Next(connections.Count)].Answer(random.Next(5) > 0);
                    break;
                case 9 when connections.Count > 0:
                    var leaver = connections[random.Next(connections.Count)];
                    connections.Remove(leaver);
                    leaver.AnswerAll();
                    if (leaver.Go(random.Next(2) == 0, now))
                    {
                        stored.Remove(leaver.Id);
                    }

                    if (!stored.TryGetValue(leaver.Id, out var left) || left.Count == 0)
                    {
                        // It begins anew wherever it comes from.
                        places.Remove(leaver.Id);
                    }

                    break;
                default:
                    break;
            }

            foreach (var address in Addresses)
            {
                var kept = stored.Where(entry => places.TryGetValue(entry.Key, out var place) && place == address).Sum(entry => entry.Value.Sum(pair => AnonymousShare.SizeOf(pair.Key, pair.Value)));
                ledger.BytesOf(address).ShouldBeInRange(kept, Policy.Bytes, $"step {step}");
            }
        }

        refused.ShouldBeGreaterThan(100, "the bound was reached");
        connections.ForEach(client => client.AnswerAll());
        connections.ForEach(client => client.Go(false, now));
        Addresses.Sum(ledger.BytesOf).ShouldBe(stored.Values.Sum(state => state.Sum(pair => AnonymousShare.SizeOf(pair.Key, pair.Value))));

        now += (long)Policy.Keep.TotalMilliseconds;
        ledger.Sweep(now);
        now += AnonymousPolicy.BurstSeconds * 1000;
        ledger.Sweep(now);
        (Addresses.Sum(ledger.BytesOf), ledger.Sessions, ledger.Addresses).ShouldBe((0, 0, 0));
    }

    /// <summary>A connection with the session behind it, which writes in the order it was asked.</summary>
    private sealed class Client(SessionId id, SortedList<string, Payload> state, AnonymousShare share)
    {
        private readonly Queue<(string Key, Payload? Value)> _asked = [];

        public SessionId Id => id;

        public bool Set(string key, int length, long now)
        {
            Payload? value = length == 0 ? null : new Payload(Encoding.ASCII.GetBytes(new string('x', length)));
            if (share.Set(key, AnonymousShare.SizeOf(key, value), now) is not null)
            {
                return false;
            }

            _asked.Enqueue((key, value));
            return true;
        }

        public void Answer(bool isWritten)
        {
            if (!_asked.TryDequeue(out var change))
            {
                return;
            }

            if (isWritten && change.Value is { } value)
            {
                state[change.Key] = value;
            }
            else if (isWritten)
            {
                state.Remove(change.Key);
            }

            share.Answered(change.Key, AnonymousShare.SizeOf(change.Key, change.Value), isWritten);
        }

        public void AnswerAll()
        {
            while (_asked.Count > 0)
            {
                Answer(true);
            }
        }

        /// <returns>Whether the session has ended.</returns>
        public bool Go(bool bye, long now)
        {
            share.IsEnding = bye;
            share.Leave(now);
            return bye;
        }
    }
}
