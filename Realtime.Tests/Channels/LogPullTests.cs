using FsCheck;
using FsCheck.Fluent;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Channels.Core;
using static Realtime.Tests.Channels.MachineRig;

namespace Realtime.Tests.Channels;

/// <summary>How a log in memory gets from the keeper of one node to one new owner on another, whatever is lost on the way.</summary>
public sealed class LogPullTests
{
    private readonly KeeperModel _keeper = new();

    [Fact]
    public void A_log_is_read_in_pages_and_is_the_owner_s_when_its_keeper_has_let_it_go()
    {
        _keeper.Log = LogOf(messages: 3, bytes: 60 * 1024, producers: 2);
        var owner = _keeper.Owner(1);

        var pages = 0;
        _keeper.Sent += message => pages += message is KeeperMessage.Page ? 1 : 0;
        _keeper.Run(owner);

        pages.ShouldBe(3, "a page holds 64 KiB");
        owner.IsOver.ShouldBeTrue();
        owner.Log!.Messages.Select(message => message.Offset).ShouldBe([11, 12, 13]);
        owner.Log.Producers.Count.ShouldBe(2);
        _keeper.Log.ShouldBeNull();
    }

    [Fact]
    public void When_every_keeper_says_no_or_is_gone_there_is_no_log()
    {
        var pull = new LogPull<string>(Name, 1, ["a", "b", "c"]);
        pull.Ask().Count().ShouldBe(3);
        pull.Receive("a", new KeeperMessage.NotKept(Name, 1));
        pull.Removed("b");
        pull.IsOver.ShouldBeFalse("c may have it");
        pull.Receive("c", new KeeperMessage.NotKept(Name, 2));
        pull.IsOver.ShouldBeFalse("that was an answer to another owner");

        pull.Receive("c", new KeeperMessage.NotKept(Name, 1));

        (pull.IsOver, pull.Log).ShouldBe((true, null));
    }

    [Fact]
    public void A_keeper_that_is_lost_in_the_middle_takes_the_log_along()
    {
        _keeper.Log = LogOf(messages: 3, bytes: 60 * 1024, producers: 0);
        var pull = new LogPull<string>(Name, 1, ["a", "b"]);
        pull.Receive("b", new KeeperMessage.NotKept(Name, 1));
        pull.Receive("a", _keeper.Log.Page(Name, 1, 0, null)).ShouldHaveSingleItem();

        pull.Removed("a");

        (pull.IsOver, pull.Log, pull.LostWith).ShouldBe((true, null, "a"));
    }

    [Fact]
    public void A_node_that_is_gone_and_had_not_said_that_it_had_the_log_has_lost_nothing_that_is_known()
    {
        var pull = new LogPull<string>(Name, 1, ["a", "b"]);
        pull.Removed("a");
        pull.Receive("b", new KeeperMessage.NotKept(Name, 1));

        (pull.IsOver, pull.LostWith).ShouldBe((true, null));
    }

    [Fact]
    public void An_owner_that_has_read_all_and_does_not_know_whether_it_was_given_does_not_go_on_with_it()
    {
        _keeper.Log = LogOf(messages: 1, bytes: 10, producers: 0);
        var pull = new LogPull<string>(Name, 1, ["a"]);
        pull.Receive("a", _keeper.Log.Page(Name, 1, 0, null)).Single().Message.ShouldBeOfType<KeeperMessage.Take>();
        pull.IsTaking.ShouldBeTrue();

        pull.Receive("a", new KeeperMessage.NotKept(Name, 1));

        (pull.IsOver, pull.Log).ShouldBe((true, null));
    }

    [Fact]
    public void The_newest_owner_that_begins_replaces_an_earlier_one_which_begins_again()
    {
        _keeper.Log = LogOf(messages: 2, bytes: 60 * 1024, producers: 0);
        var (first, second) = (_keeper.Owner(1), _keeper.Owner(2));
        _keeper.Deliver(1, first.Ask());
        _keeper.Deliver(2, second.Ask());

        _keeper.Deliver(1, first.Ask());
        first.IsTaking.ShouldBeFalse();
        _keeper.Run(second);

        second.Log.ShouldNotBeNull();
        _keeper.Run(first);
        (first.IsOver, first.Log).ShouldBe((true, null));
    }

    /// <summary>It will stop soon, and the newer one would find the log nowhere.</summary>
    [Fact]
    public void An_earlier_owner_that_has_read_all_is_not_given_what_a_newer_one_has_begun_to_read()
    {
        var giving = new LogGiving<int>();
        List<(int To, KeeperMessage Message)> answers = [];
        var log = LogOf(messages: 1, bytes: 10, producers: 0);
        giving.Read(1, new KeeperMessage.Read(Name, 1, 0, null), log, answers);
        giving.Read(2, new KeeperMessage.Read(Name, 2, 0, null), log, answers);
        answers.Clear();

        giving.MayTake(1, new KeeperMessage.Take(Name, 1), isKept: true, answers).ShouldBeFalse();

        answers.ShouldBe([(1, new KeeperMessage.Replaced(Name, 1))]);
        giving.MayTake(2, new KeeperMessage.Take(Name, 2), isKept: true, answers).ShouldBeTrue();
    }

    [Fact]
    public void A_few_are_read_at_a_time_and_the_others_go_on_when_there_is_a_place()
    {
        var giving = new LogGiving<int>();
        List<(int To, KeeperMessage Message)> answers = [];
        var log = LogOf(messages: 1, bytes: 10, producers: 0);
        for (var i = 0; i < LogGiving<int>.MostReading + 2; i++)
        {
            giving.Read(i, new KeeperMessage.Read(ChannelName.Parse($"chat:c{i}"), i, 0, null), log, answers);
        }

        (answers.Count, giving.WaitingCount).ShouldBe((LogGiving<int>.MostReading, 2));
        giving.Next().ShouldBeEmpty();
        giving.Given(0, new KeeperMessage.Take(ChannelName.Parse("chat:c0"), 0), answers);
        giving.Next().First().Asker.ShouldBe(LogGiving<int>.MostReading);
        for (var second = 0; second <= LogGiving<int>.MostSilent; second++)
        {
            giving.Tick();
        }

        giving.ReadingCount.ShouldBe(0, "those who are silent lose their places");
    }

    /// <summary>Messages of up to three owners get lost, come twice and late; owners stop. Whatever happens, one has the log, or nobody.</summary>
    [Fact]
    public void At_most_one_owner_gets_a_log_and_the_last_one_that_stays_gets_an_answer() => Prop.ForAll(
            (from seed in Gen.Choose(0, int.MaxValue) from messages in Gen.Choose(0, 5) from producers in Gen.Choose(0, 3) select (seed, messages, producers)).ToArbitrary(),
            sample =>
            {
                var random = new Random(sample.seed);
                var keeper = new KeeperModel { Log = LogOf(sample.messages, 30 * 1024, sample.producers) };
                var log = keeper.Log;
                var owners = new List<LogPull<string>>();
                for (var step = 0; step < 60; step++)
                {
                    if (owners.Count == 0 || (owners.Count < 3 && random.Next(20) == 0))
                    {
                        owners.Add(keeper.Owner(owners.Count + 1));
                    }

                    var speaker = random.Next(owners.Count);
                    keeper.Send(speaker + 1, owners[speaker].Ask().Where(_ => random.Next(3) > 0));
                    keeper.DeliverSome(random);
                }

                for (var round = 0; round < 200 && !owners[^1].IsOver; round++)
                {
                    keeper.Send(owners.Count, owners[^1].Ask());
                    keeper.DeliverAll();
                    keeper.Tick();
                }

                owners[^1].IsOver.ShouldBeTrue();
                var having = owners.Where(owner => owner.Log is not null).ToList();
                having.Count.ShouldBeLessThanOrEqualTo(1);
                (having.Count == 1 || owners.Count > 1).ShouldBeTrue("nothing is lost while one owner alone asks");
                foreach (var owner in having)
                {
                    keeper.Log.ShouldBeNull("what an owner has is nobody else's");
                    owner.Log!.Messages.Select(message => message.Offset).ShouldBe(log.Messages.Select(message => message.Offset));
                    owner.Log.Producers.ShouldBe(log.Producers);
                }
            })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithQuietOnSuccess(true));

    private static MemoryLog LogOf(int messages, int bytes, int producers) => new(
        new KeptBounds(new Epoch(5), 10 + messages, 11, 7, producers),
        [.. Enumerable.Range(0, producers).Select(i => new ProducerMarks(Producer($"p{i}"), 7, null, [new ProducerMarks.Mark(i, i)]))],
        [.. Enumerable.Range(11, messages).Select(offset => new LogMessage(offset, new Payload(new byte[bytes]), 7))]);

    /// <summary>One keeper and its owners, with what is on the way between them.</summary>
    private sealed class KeeperModel
    {
        private readonly LogGiving<int> _giving = new();
        private readonly Dictionary<int, LogPull<string>> _owners = [];
        private readonly List<(int From, KeeperMessage Message)> _toKeeper = [];
        private readonly List<(int To, KeeperMessage Message)> _toOwners = [];

        public MemoryLog? Log { get; set; }

        public event Action<KeeperMessage>? Sent;

        public LogPull<string> Owner(int number) => _owners[number] = new LogPull<string>(Name, number, ["a"]);

        /// <summary>Until nothing is on the way and nothing is left to ask.</summary>
        public void Run(LogPull<string> owner)
        {
            var number = _owners.First(entry => entry.Value == owner).Key;
            for (var round = 0; round < 20 && !owner.IsOver; round++)
            {
                Deliver(number, owner.Ask());
                DeliverAll();
            }
        }

        public void Send(int from, IEnumerable<(string To, KeeperMessage Message)> messages) =>
            _toKeeper.AddRange(messages.Select(message => (from, message.Message)));

        /// <summary>There and back, once.</summary>
        public void Deliver(int from, IEnumerable<(string To, KeeperMessage Message)> messages)
        {
            Send(from, messages);
            while (_toKeeper.Count > 0)
            {
                Take(0);
            }

            var answers = _toOwners.ToList();
            _toOwners.Clear();
            answers.ForEach(answer => Send(answer.To, _owners[answer.To].Receive("a", answer.Message)));
            _toKeeper.Clear();
        }

        public void DeliverAll()
        {
            while (_toKeeper.Count + _toOwners.Count > 0)
            {
                if (_toKeeper.Count > 0)
                {
                    Take(0);
                }
                else
                {
                    Answer(0);
                }
            }
        }

        /// <summary>In any order; some are lost and some stay for another time.</summary>
        public void DeliverSome(Random random)
        {
            for (var i = random.Next(4); i > 0; i--)
            {
                if (_toKeeper.Count > 0)
                {
                    Take(random.Next(_toKeeper.Count), stays: random.Next(8) == 0, isLost: random.Next(4) == 0);
                }

                if (_toOwners.Count > 0)
                {
                    Answer(random.Next(_toOwners.Count), isLost: random.Next(4) == 0);
                }
            }
        }

        public void Tick()
        {
            _giving.Tick();
            foreach (var (asker, read) in _giving.Next().ToList())
            {
                _giving.Read(asker, read, Log, _toOwners);
            }
        }

        private void Take(int index, bool stays = false, bool isLost = false)
        {
            var (from, message) = _toKeeper[index];
            if (!stays)
            {
                _toKeeper.RemoveAt(index);
            }

            var before = _toOwners.Count;
            switch (message)
            {
                case var _ when isLost:
                    break;
                case KeeperMessage.Read read:
                    _giving.Read(from, read, Log, _toOwners);
                    break;
                case KeeperMessage.Take take when _giving.MayTake(from, take, Log is not null, _toOwners):
                    Log = null;
                    _giving.Given(from, take, _toOwners);
                    break;
            }

            _toOwners.Skip(before).ToList().ForEach(answer => Sent?.Invoke(answer.Message));
        }

        private void Answer(int index, bool isLost = false)
        {
            var (to, message) = _toOwners[index];
            _toOwners.RemoveAt(index);
            if (!isLost)
            {
                Send(to, _owners[to].Receive("a", message));
            }
        }
    }
}
