using System.Security.Cryptography;
using System.Text.Json;
using Akka.Actor;
using Realtime.Messages.Errors;
using Realtime.Messages.Operators;
using Realtime.Node.Asking;
using Realtime.Node.Schedules.Core;

namespace Realtime.Node.Schedules;

/// <summary>Answers what nodes ask the scheduler, on its turn: what changes something is answered when it stands in the log.</summary>
internal sealed class ScheduleRequests(ScheduleSetup setup, ScheduleBook book, ScheduleWriting writing, IActorRef self, Action<FiringResult> finish)
{
    /// <summary>Who waits for an entry to be written or cancelled.</summary>
    private readonly Dictionary<ScheduleEntry, List<IActorRef>> _askers = [];

    /// <summary>Hours that have a log; what waits for one to be named has a list.</summary>
    private readonly Dictionary<int, List<(ScheduleEntry Entry, ScheduleQuestion.Make Make)>?> _hours = [];

    /// <summary>Something is being written.</summary>
    public bool AreOpen => _askers.Count > 0;

    private long Now => setup.Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The hour has a log.</summary>
    public void Know(int hour) => _hours.TryAdd(hour, null);

    public void Forget(int hour) => _hours.Remove(hour);

    public void Take(ScheduleQuestion? question, IActorRef asker, bool isReady)
    {
        switch (question)
        {
            case null:
                Answer(asker, new RequestFault(ErrorCode.NotFound, "There is nothing of this path and method here.", null));
                break;
            case not null when !isReady:
                Answer(asker, new RequestFault(ErrorCode.Unavailable, "The schedules are on their way to this node.", null));
                break;
            case ScheduleQuestion.Make make:
                OnMake(make, asker);
                break;
            case ScheduleQuestion.Find find:
                Answer(asker, book.Find(find.Id));
                break;
            case ScheduleQuestion.Cancel cancel:
                OnCancel(cancel.Id, asker);
                break;
            case ScheduleQuestion.List list:
                var (entries, more) = book.List(list.Prefix, list.State, list.After, Math.Clamp(list.Limit, 1, ScheduleCalls.MostLimit));
                var page = new SchedulePage([.. entries.Select(ScheduleReports.Of)], more ? ScheduleQuestion.Cursor(entries[^1]) : null);
                asker.Tell(ScheduleQuestion.Answer(JsonSerializer.SerializeToUtf8Bytes(page, OperatorJson.Default.SchedulePage)));
                break;
            default:
                throw new InvalidOperationException($"{question.GetType()} is no question about schedules.");
        }
    }

    private void OnMake(ScheduleQuestion.Make make, IActorRef asker)
    {
        if (make.Item.IdempotencyKey is { } key && book.FindByKey(make.Owner, key, make.Channel) is { } known)
        {
            if (known.State is ScheduleState.Writing)
            {
                _askers[known].Add(asker);
            }
            else
            {
                Answer(asker, known);
            }

            return;
        }

        var hour = ScheduleId.HourOf(make.Due);
        var entry = new ScheduleEntry(ScheduleId.Of(hour, RandomNumberGenerator.GetBytes(ScheduleId.RandomBytes)), make.Channel, make.Due, make.Owner, make.Item.Payload.Length)
        {
            Key = make.Item.IdempotencyKey, TimeToLive = make.Item.TimeToLive is { } ttl ? (long)ttl.TotalMilliseconds : null,
        };
        if (setup.Bounds.Against(make.Due, Now) is { } wrong)
        {
            Answer(asker, new RequestFault(ErrorCode.BadRequest, wrong, "at"));
        }
        else if (book.TryAdd(entry) is { } why)
        {
            Answer(asker, new RequestFault(ErrorCode.TooMany, why, null));
        }
        else
        {
            _askers.Add(entry, [asker]);
            if (!_hours.TryGetValue(hour, out var waiting))
            {
                _hours.Add(hour, waiting = []);
                setup.Log.BeginAsync(hour).PipeTo(self, success: fault => new SchedulerInput.HourBegun(hour, fault));
            }

            if (waiting is null)
            {
                Write(entry, make);
            }
            else
            {
                waiting.Add((entry, make));
            }
        }
    }

    public void OnHour(SchedulerInput.HourBegun begun)
    {
        var waiting = _hours[begun.Hour] ?? [];
        if (begun.Fault is { } fault)
        {
            _hours.Remove(begun.Hour);
            waiting.ForEach(one => OnMade(new SchedulerInput.Made(one.Entry, default, fault)));
            return;
        }

        _hours[begun.Hour] = null;
        waiting.ForEach(one => Write(one.Entry, one.Make));
    }

    /// <summary>In the order in which they came: what is due at one time goes out so.</summary>
    private void Write(ScheduleEntry entry, ScheduleQuestion.Make make) =>
        writing.MakeAsync(ScheduleRecord.Making(entry, make.Item)).PipeTo(self, success: written => new SchedulerInput.Made(entry, written.Position, written.Fault));

    public void OnMade(SchedulerInput.Made made)
    {
        if (made.Fault is { } fault)
        {
            book.Drop(made.Entry);
            AnswerAll(made.Entry, waiting => Answer(waiting, fault));
            return;
        }

        book.Written(made.Entry, made.Position);
        AnswerAll(made.Entry, waiting => Answer(waiting, made.Entry));
    }

    private void OnCancel(ScheduleId id, IActorRef asker)
    {
        switch (book.Find(id))
        {
            case { State: ScheduleState.Cancelling } entry:
                _askers[entry].Add(asker);
                break;
            case { State: ScheduleState.Pending } entry when book.TryCancel(entry):
                _askers.Add(entry, [asker]);
                writing.CancelAsync(id).PipeTo(self, success: end => new SchedulerInput.CancelWritten(entry, end.IsCancelled, end.ClaimedAt, end.Fault));
                break;
            case { State: ScheduleState.Writing }:
                Answer(asker, new RequestFault(ErrorCode.Unavailable, "It is being scheduled.", null));
                break;
            case { IsOver: false }:
                Answer(asker, Late("it is being published"));
                break;
            case { State: ScheduleState.Cancelled } entry:
                Answer(asker, entry);
                break;
            case { } entry:
                Answer(asker, Late($"it is over: {ScheduleReports.NameOf(entry.State)}"));
                break;
            default:
                Answer(asker, (ScheduleEntry?)null);
                break;
        }
    }

    public void OnCancelled(SchedulerInput.CancelWritten written)
    {
        var entry = written.Entry;
        if (written.IsCancelled)
        {
            finish(new FiringResult(entry, new ScheduleEnd(ScheduleState.Cancelled), Now));
            AnswerAll(entry, waiting => Answer(waiting, entry));
            return;
        }

        if (written.ClaimedAt is { } at)
        {
            book.RestoreClaim(entry.Id, at);
        }

        book.TakeBackCancel(entry);
        AnswerAll(entry, waiting => Answer(waiting, written.Fault ?? Late("it is being published")));
    }

    private void AnswerAll(ScheduleEntry entry, Action<IActorRef> answer)
    {
        if (_askers.Remove(entry, out var askers))
        {
            askers.ForEach(answer);
        }
    }

    private static void Answer(IActorRef asker, ScheduleEntry? entry)
    {
        if (entry is null)
        {
            Answer(asker, ScheduleCalls.Missing());
            return;
        }

        asker.Tell(ScheduleQuestion.Answer(JsonSerializer.SerializeToUtf8Bytes(ScheduleReports.Of(entry), OperatorJson.Default.ScheduleReport)));
    }

    private static void Answer(IActorRef asker, RequestFault fault) => asker.Tell(ScheduleQuestion.Answer(fault));

    private static RequestFault Late(string why) => new(ErrorCode.Conflict, $"It is too late to cancel this: {why}.", "id");
}
