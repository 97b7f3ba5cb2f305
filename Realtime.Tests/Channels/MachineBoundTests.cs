using Akka.Actor;
using FsCheck;
using FsCheck.Fluent;
using Realtime.Messages.Channels;
using Realtime.Messages.Positions;
using Realtime.Node.Channels;
using Realtime.Node.Channels.Core;
using Realtime.Node.Feeds.Core;
using Realtime.Node.Namespaces;

namespace Realtime.Tests.Channels;

/// <summary>How much a feed of another node may leave untaken, what it hears beyond that, and that no loss leaves a deficit for good.</summary>
public sealed class MachineBoundTests
{
    private static readonly NamespacePolicy Memory = new("chat") { Durability = Durability.Memory };
    private static readonly NamespacePolicy Unkept = new("chat") { Durability = Durability.None };
    private readonly IActorRef _feed = new SilentRef("feed-a", isLocal: false);

    [Fact]
    public void A_feed_of_another_node_that_takes_nothing_is_held_and_hears_once_where_the_log_ends()
    {
        var rig = Listening(Memory);
        PublishMany(rig, 30);
        var batches = rig.News.Select(sent => sent.News).OfType<ChannelNews.Batch>().ToList();
        batches.Sum(batch => batch.Bytes).ShouldBeInRange(ListeningFeed.MostUntaken, ListeningFeed.MostUntaken + 60_064);
        var held = rig.News[^1].News.ShouldBeOfType<ChannelNews.Held>();
        (held.Position.Offset, held.Through).ShouldBe((batches.Count + 1, batches[^1].Through));
        rig.News.Count.ShouldBe(batches.Count + 1, "nothing but one word about it");
        rig.Others.OfType<ChannelEffect.BatchesHeld>().Sum(effect => effect.Feeds).ShouldBe(30 - batches.Count);

        Take(rig, batches[^1].Through - 1);
        rig.Publish("still held");
        rig.News.Count.ShouldBe(batches.Count + 1);
        Take(rig, held.Through);
        rig.Replies[^1].ShouldBeOfType<ChannelReply.Renewed>().Head.Offset.ShouldBe(31);
        PublishMany(rig, 10);
        rig.News.TakeLast(10).Select(sent => sent.News).OfType<ChannelNews.Batch>().Select(batch => batch.Messages.Single().Offset)
            .ShouldBe(Enumerable.Range(32, 10).Select(offset => (long)offset), "what it was not sent does not count");
    }

    [Fact]
    public void What_a_channel_without_a_log_publishes_beyond_the_bound_is_lost_for_that_feed_alone()
    {
        var rig = Listening(Unkept);
        rig.Listen("b");
        PublishMany(rig, 30);
        var held = rig.News.Select(sent => sent.News).OfType<ChannelNews.Held>().ShouldHaveSingleItem();
        held.Position.IsNone.ShouldBeTrue();
        rig.News.Count(sent => sent.To.Path.Name == "feed-b").ShouldBe(30, "a feed of this node is never held");
        rig.News.Count(sent => sent.To.Equals(_feed)).ShouldBeLessThan(20);

        Take(rig, held.Through);
        rig.Publish("live");
        rig.News.Count(sent => sent.To.Equals(_feed) && sent.News is ChannelNews.Batch { Messages: [{ Size: < 1000 }] }).ShouldBe(1);
    }

    [Fact]
    public void A_node_that_takes_nothing_holds_the_feeds_of_all_channels_together()
    {
        var rig = Listening(Memory);
        rig.Window.Add(PeerWindow.Most);
        rig.Publish("a");
        var held = rig.News.ShouldHaveSingleItem().News.ShouldBeOfType<ChannelNews.Held>();
        rig.Ask(tag => new ChannelRequest.Claim(MachineRig.Name, tag, MachineRig.Feed(), [MachinePresenceTests.ClaimOf(MachineRig.Ann)]));
        rig.News.Count.ShouldBe(1, "changes of the roster wait, too");

        rig.Window.Arrive(PeerWindow.Most);
        Take(rig, held.Through);
        rig.Replies[^1].ShouldBeOfType<ChannelReply.Renewed>().Revision.ShouldBe(1);
        rig.Publish("b");
        rig.News[^1].News.ShouldBeOfType<ChannelNews.Batch>();
    }

    [Fact]
    public void That_a_feed_is_held_is_said_again_with_each_renewal()
    {
        var rig = Listening(Memory);
        PublishMany(rig, 30);
        var held = rig.News[^1].News.ShouldBeOfType<ChannelNews.Held>();
        Renew(rig, new FeedProgress(held.Position, -1, 0)).ShouldBeNull();
        rig.News[^1].News.ShouldBe(held with { Position = rig.Machine.Log.HeadPosition });

        Renew(rig, new FeedProgress(held.Position, -1, held.Through)).ShouldNotBeNull("a renewal says what is taken, as well");
    }

    [Fact]
    public void Whatever_is_lost_a_feed_ends_at_the_head_and_may_leave_as_much_untaken_as_before() =>
        Prop.ForAll(Gen.ArrayOf(Gen.Choose(0, 9)).Resize(150).ToArbitrary(), steps =>
        {
            var model = new LossyFeed(steps.Length % 2 == 0 ? Memory : Unkept);
            foreach (var step in steps)
            {
                switch (step)
                {
                    case 0:
                        model.LoseNews();
                        break;
                    case 1:
                        model.LoseRequest();
                        break;
                    case 2:
                        model.Renew();
                        break;
                    case <= 4:
                        model.TakeNews();
                        break;
                    case 5:
                        model.TakeRequest();
                        break;
                    default:
                        model.Publish(step * 40_000);
                        break;
                }
            }

            model.Settle();
            model.Publish(10);
            model.Settle();
            model.IsAtHead.ShouldBeTrue("the feed does not know where the log ends");
            model.HasRoomFor(ListeningFeed.MostUntaken - BatchReceipts.SayEvery).ShouldBeTrue("a loss has left a deficit");
        }).QuickCheckThrowOnFailure();

    private MachineRig Listening(NamespacePolicy space)
    {
        var rig = new MachineRig(space with { Presence = true });
        rig.Listen("a", feed: _feed);
        return rig;
    }

    private static void PublishMany(MachineRig rig, int count)
    {
        var text = new string('x', 60_000);
        for (var i = 0; i < count; i++)
        {
            rig.Publish(text);
        }
    }

    private static void Take(MachineRig rig, long through) =>
        rig.Step(new ChannelInput.Asked(new ChannelRequest.Taken(MachineRig.Name, MachineRig.Feed(), 1, through), MachineRig.Client));

    private static ChannelReply? Renew(MachineRig rig, FeedProgress progress) =>
        rig.Reply(rig.Ask(tag => new ChannelRequest.Renew(MachineRig.Name, tag, MachineRig.Feed(), 1) { Progress = progress })) ??
        rig.Replies.LastOrDefault(reply => reply is ChannelReply.Renewed);

    /// <summary>A feed on another node, to which and from which messages may be lost; it reads pages in no time.</summary>
    private sealed class LossyFeed
    {
        private readonly MachineRig _rig;
        private readonly BatchReceipts _receipts = new();
        private readonly Queue<object> _news = new();
        private readonly Queue<ChannelRequest> _requests = new();
        private StreamPosition _head;
        private int _batches;

        public LossyFeed(NamespacePolicy space)
        {
            _rig = new MachineRig(space);
            _rig.Listen("a", feed: new SilentRef("feed-a", isLocal: false));
            _head = _rig.Replies.OfType<ChannelReply.Listening>().Single().Head;
            _rig.Sent = (_, message) =>
            {
                if (message is ChannelNews or ChannelReply.Renewed)
                {
                    _news.Enqueue(message);
                }
            };
        }

        public bool IsAtHead => !_rig.Space.KeepsLog || _head == _rig.Machine.Log.HeadPosition;

        public void Publish(int size) => _rig.Publish(new string('x', size));

        public void LoseNews() => _news.TryDequeue(out _);

        public void LoseRequest() => _requests.TryDequeue(out _);

        public void Renew() => _requests.Enqueue(new ChannelRequest.Renew(MachineRig.Name, 0, MachineRig.Feed(), 1)
        {
            Progress = new FeedProgress(_head, -1, _receipts.Through),
        });

        public void TakeRequest()
        {
            if (_requests.TryDequeue(out var request))
            {
                _rig.Step(new ChannelInput.Asked(request, MachineRig.Client));
            }
        }

        public void TakeNews()
        {
            switch (_news.TryDequeue(out var news) ? news : null)
            {
                case ChannelNews.Batch batch:
                    _batches++;
                    _receipts.Take(batch.Through);
                    MoveHead(new StreamPosition(batch.Epoch, batch.Messages[^1].Offset));
                    break;
                case ChannelNews.Held held:
                    _receipts.Hold(held.Through);
                    MoveHead(held.Position);
                    break;
                case ChannelReply.Renewed renewed:
                    renewed.IsListening.ShouldBeTrue();
                    MoveHead(renewed.Head);
                    break;
                default:
                    return;
            }

            if (_receipts.Say(isReady: true) is { } through)
            {
                _requests.Enqueue(new ChannelRequest.Taken(MachineRig.Name, MachineRig.Feed(), 1, through));
            }
        }

        /// <summary>All arrives, and one renewal with it.</summary>
        public void Settle()
        {
            for (var i = 0; i < 2; i++)
            {
                Renew();
                while (_news.Count > 0 || _requests.Count > 0)
                {
                    TakeNews();
                    TakeRequest();
                }
            }
        }

        /// <summary>Publishes as much, of which the feed takes nothing.</summary>
        public bool HasRoomFor(long bytes)
        {
            var (batches, published) = (_batches, 0);
            for (; bytes > 0; bytes -= 60_000, published++)
            {
                Publish((int)Math.Min(bytes, 60_000) - 100);
            }

            _news.Count(news => news is ChannelNews.Batch).ShouldBe(published);
            return _batches == batches;
        }

        private void MoveHead(StreamPosition head)
        {
            if (!head.IsNone && head.Offset > _head.Offset)
            {
                _head = head;
            }
        }
    }
}
