using FsCheck;
using FsCheck.Fluent;
using Realtime.Messages.Channels;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Node.Feeds.Core;

namespace Realtime.Tests.Channels;

/// <summary>Three feeds and the owners of a channel that follow each other: what the feeds tell their subscribers of the roster (I10).</summary>
public sealed class RosterHandOverTests
{
    private static readonly string[] Nodes = ["a", "b", "c"];

    [Fact]
    public void Whatever_is_lost_and_whoever_owns_it_revisions_never_go_back_and_all_feeds_end_with_the_channel_s_roster() =>
        Prop.ForAll(Gen.ArrayOf(Gen.Choose(0, 299)).Resize(60).ToArbitrary(), steps =>
        {
            var model = new Model();
            foreach (var step in steps)
            {
                model.Do(step % 10, step / 10 % 3, step / 30 % 4);
            }

            model.Settle();
        }).QuickCheckThrowOnFailure();

    private sealed class Model
    {
        private readonly MachineRig _rig = new();
        private readonly Dictionary<string, Feed> _feeds = Nodes.ToDictionary(node => node, _ => new Feed());
        private long _attempt;
        private long _stamp;

        public Model()
        {
            _rig.Sent = (to, message) =>
            {
                if (message is ChannelNews.Presence news)
                {
                    OnNews(_feeds[to.Path.Name[^1..]], news);
                }
            };
        }

        public void Do(int what, int node, int session)
        {
            var feed = _feeds[Nodes[node]];
            var id = new SessionId((UInt128)session + 1);
            switch (what)
            {
                case 0 or 1 or 2 when feed.IsListening:
                    feed.Claims[id] = new PresenceClaim(MachinePresenceTests.MemberOf(id), new PresenceStamp(new Attachment(1, ++_stamp), 1));
                    Claim(Nodes[node], feed.Claims[id]);
                    break;
                case 3:
                    Withdraw(id);
                    break;
                case 4:
                    feed.Loses = true;
                    break;
                case 5:
                    _rig.Restart();
                    Array.ForEach([.. _feeds.Values], other => other.IsListening = false);
                    break;
                case 6 or 7:
                    Listen(Nodes[node]);
                    break;
                case 8:
                    Renew(feed);
                    break;
                case 9:
                    _rig.Now += (long)_rig.Policy.UnclaimedGrace.TotalMilliseconds;
                    _rig.Step(Node.Channels.Core.ChannelInput.Tick.Instance);
                    break;
                default:
                    break;
            }
        }

        public void Settle()
        {
            Array.ForEach(Nodes, Listen);
            Array.ForEach([.. _feeds.Values], Renew);
            var roster = _rig.Get<ChannelReply.RosterPage>(tag => new ChannelRequest.ReadRoster(MachineRig.Name, tag, default)).Snapshot;
            foreach (var feed in _feeds.Values)
            {
                feed.Roster.Snapshot().Members!.ShouldBe(roster.Members!);
                feed.Roster.Revision.ShouldBe(roster.Revision);
            }
        }

        private void Listen(string node)
        {
            var feed = _feeds[node];
            if (feed.IsListening)
            {
                return;
            }

            feed.IsListening = true;
            feed.Loses = false;
            var listening = _rig.Get<ChannelReply.Listening>(
                tag => new ChannelRequest.Listen(MachineRig.Name, tag, MachineRig.Feed(node), ++_attempt)
                {
                    Known = feed.Roster.IsComplete ? feed.Roster.Snapshot() : null, Revision = feed.Roster.Revision,
                },
                new SilentRef("feed-" + node));
            feed.Roster.Begin(listening.Roster!);
            feed.Tell();
            foreach (var claim in feed.Claims.Values.ToList())
            {
                Claim(node, claim);
            }
        }

        private void Claim(string node, PresenceClaim claim) =>
            _rig.Get<ChannelReply.Noted>(tag => new ChannelRequest.Claim(MachineRig.Name, tag, MachineRig.Feed(node), [claim]));

        private void Withdraw(SessionId session)
        {
            var stamp = new PresenceStamp(new Attachment(1, ++_stamp), 1);
            Array.ForEach([.. _feeds.Values], feed => feed.Claims.Remove(session));
            _rig.Get<ChannelReply.Noted>(tag => new ChannelRequest.Withdraw(MachineRig.Name, tag, session, stamp));
        }

        private void OnNews(Feed feed, ChannelNews.Presence news)
        {
            if (feed.Loses)
            {
                feed.Loses = false;
            }
            else if (feed.IsListening && !feed.Roster.TryApply(news))
            {
                feed.MissesSome = true;
            }

            feed.Tell();
        }

        /// <summary>As a renewal of its hub, and the reading that follows it.</summary>
        private void Renew(Feed feed)
        {
            if (!feed.IsListening)
            {
                return;
            }

            var roster = _rig.Get<ChannelReply.RosterPage>(tag => new ChannelRequest.ReadRoster(MachineRig.Name, tag, default)).Snapshot;
            if (feed.MissesSome || roster.Revision > feed.Roster.Revision)
            {
                feed.MissesSome = false;
                feed.Roster.Begin(roster);
            }

            feed.Tell();
        }
    }

    private sealed class Feed
    {
        private long _told = -1;

        public Roster Roster { get; } = new(500);

        public Dictionary<SessionId, PresenceClaim> Claims { get; } = [];

        public bool IsListening { get; set; }

        /// <summary>The next change does not arrive.</summary>
        public bool Loses { get; set; }

        public bool MissesSome { get; set; }

        /// <summary>Subscribers are told what is known.</summary>
        public void Tell()
        {
            Roster.Revision.ShouldBeGreaterThanOrEqualTo(_told, "a revision went back");
            _told = Roster.Revision;
        }
    }
}
