using Akka.Actor;
using Akka.TestKit.Xunit;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Asking;
using Realtime.Node.Namespaces;
using Realtime.Node.Publishing;
using Realtime.Node.Schedules;
using Realtime.Node.Schedules.Core;
using Realtime.Tests.Support;

namespace Realtime.Tests.Schedules;

/// <summary>What is due, with answers that are lost, refusals, cancellations and schedulers that end in the middle.</summary>
[Collection(ActorSystems.Name)]
public sealed class ScheduleFiringTests : TestKit
{
    private const int Hour = 495_000;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);
    private static readonly ChannelName Channel = ChannelName.Parse("chat:a");
    private readonly ManualClock _time = new();
    private readonly PlayedChannels.Book _channels;
    private readonly Publisher _publisher;
    private readonly ScheduleLog _log;
    private int _ids;

    public ScheduleFiringTests()
        : base(TestHocon.Silent)
    {
        var channels = _channels = new PlayedChannels.Book(_time);
        var actor = Sys.ActorOf(Props.Create(() => new PlayedChannels(channels)));
        _publisher = new Publisher(new NamespaceTable([new NamespacePolicy("chat")]), () => actor, _time);
        _log = new ScheduleLog(new ChannelAsks(() => actor, _time), _publisher);
    }

    private long At => _time.GetUtcNow().ToUnixTimeMilliseconds();

    [Fact]
    public async Task What_is_due_is_claimed_published_and_noted()
    {
        var entries = await MakeAsync(3);
        var results = await FireAsync(entries);

        results.Select(result => (result.Entry, result.End.State, result.End.Position)).ShouldBe(entries.Select((entry, i) => (entry, ScheduleState.Fired, (string?)$"7:{i + 1}")));
        _channels.Of(Channel).Select(message => message.Payload.Bytes.Span[0]).ShouldBe([(byte)'1', (byte)'2', (byte)'3']);
        Ends().ShouldBe([ScheduleState.Fired, ScheduleState.Fired, ScheduleState.Fired]);
    }

    [Theory]
    [InlineData(nameof(PlayedChannels.Fate.StoredUnanswered))]
    [InlineData(nameof(PlayedChannels.Fate.LostUnanswered))]
    [InlineData(nameof(PlayedChannels.Fate.Refused))]
    public async Task What_was_not_answered_is_done_again_and_happens_once(string fate)
    {
        var entries = await MakeAsync(5);
        var times = 0;
        _channels.Fates = _ => times++ % 2 == 0 ? Enum.Parse<PlayedChannels.Fate>(fate) : PlayedChannels.Fate.Stored;

        (await FireAsync(entries)).ShouldAllBe(result => result.End.State == ScheduleState.Fired);

        _channels.Of(Channel).Count.ShouldBe(5);
        Ends().Count.ShouldBe(5);
    }

    [Fact]
    public async Task One_that_was_begun_before_and_comes_too_late_to_be_recognised_is_not_published_again()
    {
        var entries = await MakeAsync(2);
        (entries[0].ClaimedAt, entries[1].ClaimedAt) = (At - (long)Window.TotalMilliseconds, At - (long)(Window / 2).TotalMilliseconds);

        (await FireAsync(entries)).Select(result => result.End.State).ShouldBe([ScheduleState.Unknown, ScheduleState.Fired]);

        _channels.Of(Channel).Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_is_too_late_is_expired_and_what_is_in_time_ends_when_it_was_to()
    {
        var entries = await MakeAsync(2, ttl: 1000);
        _time.Advance(TimeSpan.FromMilliseconds(entries[0].Due + 999 - At));
        (await FireAsync([entries[1]])).Single().End.State.ShouldBe(ScheduleState.Fired);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        (await FireAsync([entries[0]])).Single().End.State.ShouldBe(ScheduleState.Expired);

        _channels.Of(Channel).ShouldHaveSingleItem().Expires.ShouldBe(entries[1].Due + 1000);
        Ends().ShouldBe([ScheduleState.Fired, ScheduleState.Expired]);
    }

    [Fact]
    public async Task A_condition_that_does_not_hold_is_a_refusal_and_one_whose_namespace_is_gone_too()
    {
        var entry = (await MakeAsync(1, expected: 5)).Single();
        var other = (await MakeAsync(1, channel: "gone:a")).Single();

        var refused = (await FireAsync([entry])).Single().End;
        (refused.State, refused.Code).ShouldBe((ScheduleState.Refused, "conflict"));
        (await FireAsync([other])).Single().End.Code.ShouldBe("not_found");

        _channels.Of(Channel).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_cancelled_before_is_not_published()
    {
        var entry = (await MakeAsync(1)).Single();
        (await new ScheduleWriting(_log, _time, CancellationToken.None).CancelAsync(entry.Id)).IsCancelled.ShouldBeTrue();
        (await FireAsync([entry])).Single().End.State.ShouldBe(ScheduleState.Cancelled);

        _channels.Of(Channel).ShouldBeEmpty();
        Ends().ShouldBe([ScheduleState.Cancelled]);
    }

    [Fact]
    public async Task Whatever_is_lost_and_whoever_goes_on_each_is_published_once_or_cancelled()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            await RunAsync(new Random(seed), $"chat:{seed}");
        }
    }

    /// <summary>Schedulers come and go, and at last one that is not disturbed.</summary>
    private async Task RunAsync(Random random, string channel)
    {
        _channels.Fates = _ => PlayedChannels.Fate.Stored;
        var made = (await MakeAsync(6, channel)).Select(entry => entry.Id).ToHashSet();
        var cancelled = new HashSet<ScheduleId>();
        for (var life = 0; life < 4; life++)
        {
            using var stop = new CancellationTokenSource();
            var isLast = life == 3;
            var left = random.Next(1, 25);
            _channels.Fates = _ =>
            {
                if (!isLast && left-- == 0)
                {
                    stop.Cancel();
                }

                return isLast ? PlayedChannels.Fate.Stored : (PlayedChannels.Fate)random.Next(0, 4);
            };
            var book = await ReadAsync();
            var due = book.Take(long.MaxValue, 100).Where(entry => made.Contains(entry.Id)).ToList();
            var firing = FireAsync(due, stop.Token);
            foreach (var entry in due.Where(_ => random.Next(0, 4) == 0).ToList())
            {
                try
                {
                    if ((await PumpAsync(new ScheduleWriting(_log, _time, stop.Token).CancelAsync(entry.Id))).IsCancelled)
                    {
                        cancelled.Add(entry.Id);
                    }
                }
                catch (OperationCanceledException)
                {
                }
            }

            try
            {
                await firing;
            }
            catch (OperationCanceledException)
            {
            }

            if (due.Count == 0)
            {
                break;
            }
        }

        var end = await ReadAsync();
        foreach (var id in made)
        {
            var entry = end.Find(id).ShouldNotBeNull();
            var count = _channels.Of(entry.Channel).Count(message => message.Payload.Bytes.Span.SequenceEqual(PayloadOf(id)));
            entry.State.ShouldBeOneOf(ScheduleState.Fired, ScheduleState.Cancelled);
            count.ShouldBe(entry.State is ScheduleState.Fired ? 1 : 0);
            if (cancelled.Contains(id))
            {
                entry.State.ShouldBe(ScheduleState.Cancelled, "it was said to be");
            }
        }
    }

    private static byte[] PayloadOf(ScheduleId id) => System.Text.Encoding.UTF8.GetBytes($"\"{id}\"");

    private async Task<ScheduleBook> ReadAsync()
    {
        var book = new ScheduleBook(new ScheduleBounds());
        var reading = new ScheduleReading(book);
        while (!reading.IsDone)
        {
            reading.Take((await PumpAsync(_log.PageAsync(reading.Log, reading.After))).ShouldNotBeNull());
        }

        return book;
    }

    private async Task<List<ScheduleEntry>> MakeAsync(int count, string channel = "chat:a", long? ttl = null, long? expected = null)
    {
        (await _log.BeginAsync(Hour)).ShouldBeNull();
        var entries = new List<ScheduleEntry>();
        for (var i = 0; i < count; i++)
        {
            var id = ScheduleId.Of(Hour, [.. BitConverter.GetBytes(++_ids), 0, 0, 0, 0, 0, 0, 0, 0]);
            var payload = channel == "chat:a" ? System.Text.Encoding.UTF8.GetBytes($"{i + 1}") : PayloadOf(id);
            var name = ChannelName.Parse(channel);
            var entry = new ScheduleEntry(id, name, At + 60_000 + i - i, "a", payload.Length) { TimeToLive = ttl };
            var item = new PublishItem([name], new Payload(payload)) { Expected = expected is { } offset ? new StreamPosition(PlayedChannels.Book.Epoch, offset) : null };
            var (position, fault) = await PumpAsync(new ScheduleWriting(_log, _time, CancellationToken.None).MakeAsync(ScheduleRecord.Making(entry, item)));
            fault.ShouldBeNull();
            (entry.Position, entry.State) = (position, ScheduleState.Pending);
            entries.Add(entry);
        }

        return entries;
    }

    private Task<IReadOnlyList<FiringResult>> FireAsync(IReadOnlyList<ScheduleEntry> entries, CancellationToken stop = default) =>
        PumpAsync(new ScheduleFiring(_log, _publisher, null!, _time, Window).FireAsync(entries, stop));

    /// <summary>Time passes only while somebody waits for it.</summary>
    private async Task<T> PumpAsync<T>(Task<T> task)
    {
        while (!task.IsCompleted)
        {
            if (_time.NextDue is { } due)
            {
                _time.Advance(due);
            }

            await Task.Yield();
        }

        return await task;
    }

    private List<ScheduleState> Ends() =>
        [.. _channels.Of(ScheduleLog.Of(Hour)).Select(ScheduleRecord.Read).OfType<ScheduleRecord.Ended>().Select(ended => ended.End.State)];
}
