using Akka.Actor;
using Realtime.Messages.Operators;
using Realtime.Node.Schedules.Core;

namespace Realtime.Node.Schedules;

/// <summary>
/// The cluster's one actor that keeps what is scheduled and publishes what is due. What it knows it reads from the logs when it starts, hour by hour: what is overdue is fired first. Where two
/// of it meet, because a lost node is not as lost as it seemed, the logs decide which step counts.
/// </summary>
internal sealed class SchedulerActor : UntypedActor, IWithTimers, IDisposable
{
    private const int MostTogether = 256;
    private const int MostChannels = 512;
    private const int MostUnderWay = 4_096;
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan CleanEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RestartAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LeaveWithin = TimeSpan.FromSeconds(5);

    /// <summary>Longer than a write of a lost node can be on its way.</summary>
    private static readonly TimeSpan LookBehindAfter = TimeSpan.FromSeconds(20);

    private readonly ScheduleSetup _setup;
    private readonly ScheduleBook _book;
    private readonly ScheduleReading _reading;
    private readonly ScheduleRequests _requests;
    private readonly CancellationTokenSource _stop = new();

    private int _channels;
    private int _underWay;
    private bool _hasFailedToRead;
    private bool _isRead;
    private bool _isLeaving;

    public SchedulerActor(ScheduleSetup setup)
    {
        _setup = setup;
        _book = new ScheduleBook(setup.Bounds);
        _reading = new ScheduleReading(_book);
        _requests = new ScheduleRequests(setup, _book, new ScheduleWriting(setup.Log, setup.Time, _stop.Token), Self, Finish);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private long Now => _setup.Time.GetUtcNow().ToUnixTimeMilliseconds();

    public static Props PropsOf(ScheduleSetup setup) => Props.Create(() => new SchedulerActor(setup));

    public void Dispose() => _stop.Dispose();

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(nameof(SchedulerInput.Clean), new SchedulerInput.Clean(), CleanEvery);
        Read();
    }

    protected override void PostStop()
    {
        _stop.Cancel();
        _setup.Metrics.Pending = 0;
        Dispose();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Inquiry.Question question:
                _requests.Take(ScheduleQuestion.Read(question), Sender, isReady: _isRead && !_isLeaving);
                break;
            case SchedulerInput.PageRead read:
                OnPage(read);
                break;
            case SchedulerInput.ReadAgain:
                Read();
                break;
            case SchedulerInput.HourBegun begun:
                _requests.OnHour(begun);
                break;
            case SchedulerInput.Made made:
                _requests.OnMade(made);
                break;
            case SchedulerInput.CancelWritten cancelled:
                _requests.OnCancelled(cancelled);
                break;
            case SchedulerInput.Fired fired:
                OnFired(fired);
                break;
            case SchedulerInput.Due:
                break;
            case SchedulerInput.LookBehind:
                _reading.LookBehind();
                Read();
                break;
            case SchedulerInput.Leave:
                _isLeaving = true;
                _stop.Cancel();
                Timers.StartSingleTimer(nameof(SchedulerInput.LeaveNow), new SchedulerInput.LeaveNow(), LeaveWithin);
                break;
            case SchedulerInput.LeaveNow:
                Context.Stop(Self);
                break;
            case SchedulerInput.Clean:
                CleanHours();
                break;
            case SchedulerInput.HourEnded { IsDone: true } ended:
                _book.ForgetHour(ended.Hour);
                _requests.Forget(ended.Hour);
                break;
            case SchedulerInput.HourEnded:
                break;
            case Status.Failure { Cause: OperationCanceledException }:
                break;
            case Status.Failure failure:
                _setup.Logging.SchedulerFailed(failure.Cause);
                Timers.StartSingleTimer(nameof(SchedulerInput.Restart), new SchedulerInput.Restart(failure.Cause), RestartAfter);
                break;
            case SchedulerInput.Restart restart:
                // Its parent starts it anew.
                throw new InvalidOperationException("the scheduler has failed", restart.Cause);
            default:
                Unhandled(message);
                break;
        }

        if (!_isLeaving)
        {
            Fire();
        }
        else if (!_requests.AreOpen)
        {
            Context.Stop(Self);
        }

        _setup.Metrics.Pending = _book.Pending;
    }

    /// <summary>Begins to publish what is due, channel by channel, as far as there is room for it.</summary>
    private void Fire()
    {
        var now = Now;
        while (_channels < MostChannels && _underWay < MostUnderWay && _book.Take(now, MostTogether) is { Count: > 0 } due)
        {
            _channels++;
            _underWay += due.Count;
            var channel = due[0].Channel;
            _setup.Firing.FireAsync(due, _stop.Token).PipeTo(Self, success: results => new SchedulerInput.Fired(channel, results));
        }

        if (_book.NextDue is { } next && next > now)
        {
            var wait = TimeSpan.FromMilliseconds(next - now);
            Timers.StartSingleTimer(nameof(SchedulerInput.Due), new SchedulerInput.Due(), wait < LongestWait ? wait : LongestWait);
        }
    }

    private void OnFired(SchedulerInput.Fired fired)
    {
        _channels--;
        _underWay -= fired.Results.Count;
        foreach (var result in fired.Results)
        {
            Finish(result);
            if (result.End.State is ScheduleState.Fired)
            {
                _setup.Metrics.Fired(TimeSpan.FromMilliseconds(Math.Max(0, result.At - result.Entry.Due)));
            }
        }

        _book.Release(fired.Channel);
    }

    private void Finish(FiringResult result)
    {
        _book.Finish(result.Entry, result.End, result.At);
        _setup.Metrics.Ended[ScheduleReports.NameOf(result.End.State)].Add(1);
    }

    private void CleanHours()
    {
        if (!_isRead)
        {
            return;
        }

        foreach (var hour in _book.HoursOver(Now, _setup.Keep))
        {
            _setup.Log.EndAsync(hour).PipeTo(Self, success: isDone => new SchedulerInput.HourEnded(hour, isDone));
        }
    }

    private void Read() => _setup.Log.PageAsync(_reading.Log, _reading.After).PipeTo(Self, success: page => new SchedulerInput.PageRead(page));

    private void OnPage(SchedulerInput.PageRead read)
    {
        if (read.Page is not { } page)
        {
            if (!_hasFailedToRead)
            {
                _setup.Logging.SchedulesNotRead();
            }

            _hasFailedToRead = true;
            Timers.StartSingleTimer(nameof(SchedulerInput.ReadAgain), new SchedulerInput.ReadAgain(), Again);
            return;
        }

        _hasFailedToRead = false;
        if (_reading.Take(page) is { } hour)
        {
            _requests.Know(hour);
        }

        if (!_reading.IsDone)
        {
            Read();
        }
        else if (!_isRead)
        {
            _isRead = true;
            if (_book.Pending > 0)
            {
                _setup.Logging.SchedulesKept(_book.Pending);
            }

            Timers.StartSingleTimer(nameof(SchedulerInput.LookBehind), new SchedulerInput.LookBehind(), LookBehindAfter);
        }
    }
}
