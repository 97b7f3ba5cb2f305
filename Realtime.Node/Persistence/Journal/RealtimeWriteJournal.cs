using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Sql.Journal;
using Akka.Serialization;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Node.Persistence.Journal;

/// <summary>
/// The journal of Akka.Persistence.Sql with another way of recovering and of failing (docs/decisions/0020-journal.md):
/// recoveries that wait share one query; a recovery waits for a write of its log that has not ended, also one whose caller has given up;
/// the highest number is that of all rows, deleted ones too; and when a batch is rolled back for one log's conflict, the others are
/// written again.
/// </summary>
public sealed class RealtimeWriteJournal : SqlWriteJournal
{
    /// <summary>A write can meet another log's conflict in each batch; its own number stays free, so it is not its fault.</summary>
    private const int MostTries = 4;

    private const int GroupedLogs = 256;
    private static readonly TimeSpan BreakerLook = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, PendingWrite> _pending = new();
    private readonly Akka.Serialization.Serialization _serialization = Context.System.Serialization;
    private readonly JournalHandle _handle;
    private readonly EventQueries _queries;
    private readonly GroupedReads<string, long> _highest;
    private readonly GroupedReads<EventRange, EventPage> _pages;
    private readonly ICancelable _looking;

    public RealtimeWriteJournal(Config config)
        : base(config)
    {
        var journals = Journals.Of(Context.System);
        _handle = journals.Find(config.GetString("plugin-id"));
        _queries = journals.Store.Queries(_handle.Table);
        _highest = new GroupedReads<string, long>(_queries.HighestAsync, MayBeOfOne, GroupedLogs, journals.Store.Readers);
        _pages = new GroupedReads<EventRange, EventPage>(_queries.PagesAsync, MayBeOfOne, GroupedLogs, journals.Store.Readers);
        _looking = Context.System.Scheduler.ScheduleTellRepeatedlyCancelable(BreakerLook, BreakerLook, Self, LookAtBreaker.Instance, Self);
    }

    public override async Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr, CancellationToken cancellationToken)
    {
        if (!_pending.ContainsKey(persistenceId) && _handle.NewIds.TryTake(persistenceId))
        {
            return 0;
        }

        return await ReadAsync(async () =>
        {
            // A number read while a write has not ended could be used twice.
            while (_pending.TryGetValue(persistenceId, out var write))
            {
                await Task.WhenAny(write.Outcome).WaitAsync(cancellationToken);
            }

            return await _highest.AskAsync(persistenceId, cancellationToken);
        });
    }

    public override Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max, Action<IPersistentRepresentation> recoveryCallback) =>
        ReadAsync(async () =>
        {
            var (from, left) = (fromSequenceNr, max);
            while (left > 0 && from <= toSequenceNr)
            {
                var page = await _pages.AskAsync(new EventRange(persistenceId, from, toSequenceNr));
                foreach (var stored in page.Events.Take((int)Math.Min(left, EventQueries.PageRows)))
                {
                    recoveryCallback(Represent(persistenceId, stored));
                    (from, left) = (stored.SequenceNumber + 1, left - 1);
                }

                if (page.IsLast)
                {
                    break;
                }
            }

            return from;
        });

    /// <remarks>
    /// The caller's token stays here: the stream below links the tokens of all writes of a batch, so that one caller's time-out would
    /// cancel the others, in the middle of a commit too. The store's own time-outs end the write.
    /// </remarks>
    protected override Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        var write = new PendingWrite([.. messages], _handle.Timestamp, Ended);
        _handle.Gate.Begin(write.Bytes);
        _pending[write.PersistenceId] = write;
        cancellationToken.Register(() => GivenUp(write));
        Try(write);
        return write.Outcome;
    }

    /// <remarks>Oldest first, so that what a failure leaves is whole; the newest row stays as a mark that keeps the numbers going.</remarks>
    protected override async Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken)
    {
        try
        {
            while (await _queries.DeleteAsync(persistenceId, toSequenceNr, _handle.Options.TrimRows, cancellationToken) == _handle.Options.TrimRows)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            await _queries.BuryAsync(persistenceId, toSequenceNr, cancellationToken);
        }
        catch (Exception e)
        {
            _handle.Failed(e, writing: true);
            throw;
        }
    }

    protected override bool ReceivePluginInternal(object message)
    {
        switch (message)
        {
            case WriteAgain again:
                Try(again.Write);
                return true;
            case LookAtBreaker:
                _handle.Breaker(Breaker());
                if (_handle.WaitsForRoom)
                {
                    _ = Task.Run(_handle.LookForRoom);
                }

                return true;
            default:
                return base.ReceivePluginInternal(message);
        }
    }

    protected override void PostStop()
    {
        _looking.Cancel();
        base.PostStop();

        // Their reads have no one to answer; what is written meanwhile is found by the next recovery.
        foreach (var write in _pending.Values)
        {
            _handle.WriteEnded(write, WriteOutcome.Unknown);
            write.Fail(new ObjectDisposedException(nameof(RealtimeWriteJournal), "the journal has stopped"));
        }

        _highest.Stop();
        _pages.Stop();
    }

    /// <summary>A lost connection is everybody's; what the database says of a row or a text may be one log's.</summary>
    private static bool MayBeOfOne(Exception exception) => StoreFailures.KindOf(exception) == StoreFailureKind.Other;

    /// <summary>Runs on the actor's thread: the base class keeps its books without locks.</summary>
    private void Try(PendingWrite write)
    {
        write.Tries++;
        var self = Self;
        base.WriteMessagesAsync(write.Messages, CancellationToken.None).ContinueWith(
            tried => TriedAsync(write, tried, self), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task TriedAsync(PendingWrite write, Task<IImmutableList<Exception>> tried, IActorRef self)
    {
        if (tried.IsCompletedSuccessfully)
        {
            var rejections = await tried;
            _handle.Wrote(write.Bytes);
            _handle.WriteEnded(write, rejections.Any(rejection => rejection is not null) ? WriteOutcome.Failed : WriteOutcome.Committed);
            write.Succeed(rejections);
            return;
        }

        var failure = TryUnwrapException(tried.Exception ?? (Exception)new TaskCanceledException(tried));
        _handle.Failed(failure, writing: true, write.Bytes);
        if (write.Tries < MostTries && await IsInnocentAsync(write, failure))
        {
            self.Tell(new WriteAgain(write));
        }
        else
        {
            _handle.WriteEnded(write, OutcomeOf(failure));
            write.Fail(failure);
        }
    }

    private static WriteOutcome OutcomeOf(Exception failure) => StoreFailures.KindOf(failure) switch
    {
        StoreFailureKind.UniqueViolation => WriteOutcome.Conflict,
        StoreFailureKind.StorageFull => WriteOutcome.StorageFull,
        StoreFailureKind.OutOfReach or StoreFailureKind.Passing => WriteOutcome.Unavailable,
        _ => WriteOutcome.Failed,
    };

    /// <summary>The database does not say whose number was taken; the highest numbers of the batch's logs do.</summary>
    private async Task<bool> IsInnocentAsync(PendingWrite write, Exception failure)
    {
        if (!StoreFailures.IsRolledBackForOne(failure))
        {
            return false;
        }

        try
        {
            return await _highest.AskAsync(write.PersistenceId) < write.First;
        }
        catch (Exception e)
        {
            _handle.Failed(e, writing: false);
            return false;
        }
    }

    /// <summary>The caller's time is over. It is cancelled for failures too, which have been counted.</summary>
    private void GivenUp(PendingWrite write)
    {
        if (!write.HasEnded)
        {
            _handle.WriteEnded(write, WriteOutcome.Unknown);
            _handle.Failed(new TimeoutException($"the store has not ended a write within {_handle.Options.CallTimeout.TotalSeconds} s"), writing: true);
        }
    }

    private void Ended(PendingWrite write)
    {
        _pending.TryRemove(KeyValuePair.Create(write.PersistenceId, write));
        _handle.Gate.End(write.Bytes);
    }

    private async Task<T> ReadAsync<T>(Func<Task<T>> read)
    {
        _handle.RecoveryBegins();
        try
        {
            var answer = await read();
            _handle.Read();
            return answer;
        }
        catch (Exception e)
        {
            _handle.ReadFailed(e);
            throw;
        }
        finally
        {
            _handle.RecoveryEnds();
        }
    }

    private Persistent Represent(string persistenceId, StoredEvent stored)
    {
        object payload;
        try
        {
            payload = _serialization.Deserialize(
                stored.Message ?? throw new InvalidDataException("the row has no message"),
                stored.Serializer ?? throw new InvalidDataException("the row has no serializer"),
                stored.Manifest);
        }
        catch (Exception e)
        {
            payload = new UnreadableEvent(stored.Serializer, stored.Manifest, stored.Message?.Length ?? 0, e.Message);
        }

        return new Persistent(payload, stored.SequenceNumber, persistenceId, stored.Manifest, timestamp: stored.Created);
    }

    private BreakerState Breaker()
    {
        // Answers at once, from the breaker alone.
        var health = CheckHealthAsync();
        return health.IsCompletedSuccessfully && health.Result is var result
            ? result.Status == PersistenceHealthStatus.Healthy ? BreakerState.Closed
            : result.Description?.Contains("half-open", StringComparison.Ordinal) == true ? BreakerState.HalfOpen
            : BreakerState.Open
            : BreakerState.Open;
    }

    private sealed record WriteAgain(PendingWrite Write) : INoSerializationVerificationNeeded;

    private sealed record LookAtBreaker : INoSerializationVerificationNeeded
    {
        public static LookAtBreaker Instance { get; } = new();
    }
}
