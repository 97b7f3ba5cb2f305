using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Sessions;
using Realtime.Node.Sessions.Core;
using static Realtime.Tests.Sessions.MachineRig;
using EventKind = Realtime.Node.Events.EventKind;

namespace Realtime.Tests.Sessions;

/// <summary>A random history of one session with its log and its outbox, either of which may fail, and owners that are lost at any time.</summary>
internal sealed class ReportHistory
{
    private readonly MachineRig _rig = new(reports: true);
    private readonly IActorRef _worker = Connection("worker");
    private IActorRef _connection = Connection("0");
    private Attachment _attachment;
    private bool _isConnected;
    private bool _hasOpened;
    private bool _outboxHas;
    private bool _saidOver;
    private int _connections;

    public void Run(IReadOnlyList<int> steps)
    {
        foreach (var step in steps)
        {
            Do(step);
            if (_rig.IsPassivated || _rig.IsStopped)
            {
                Reload();
            }

            Check();
        }

        // In the end both stores answer, and who reads the outbox asks, and the sweep.
        for (var i = 0; i < 30; i++)
        {
            Answer();
            if (!_isConnected && i % 10 == 0)
            {
                _rig.Ask(_worker, tag => _rig.Events.Any() ? new SessionRequest.Report(Id, tag) : new SessionRequest.ExpireIfIdle(Id, tag));
            }

            _rig.Advance(_rig.Policy.LostAfter);
            if (_rig.IsPassivated || _rig.IsStopped)
            {
                Reload();
            }
        }

        Check();
        var isAlive = _isConnected || (_rig.Stored is Realtime.Node.Persistence.Events.JournalEvent.SessionSaved saved && !saved.Record.HasClosing);
        (_rig.Events.LastOrDefault() is EventKind.SessionOpened && _rig.Events.Any()).ShouldBe(isAlive, $"{_rig.Machine.Stage}");
    }

    private void Do(int step)
    {
        switch (step)
        {
            case 0 when !_hasOpened:
                _hasOpened = true;
                _attachment = _rig.Open(_connection).Attachment;
                _isConnected = true;
                break;
            case 1 when _hasOpened && !_isConnected && CanBeAsked():
                // The client comes back.
                Attach(null);
                break;
            case 2 when _isConnected && CanBeAsked():
                _rig.Ask(_connection, tag => new SessionRequest.Detach(Id, tag));
                _isConnected = false;
                break;
            case 3 when _isConnected && CanBeAsked():
                _rig.End(_connection);
                _isConnected = false;
                break;
            case 4 or 5:
                AnswerLog();
                break;
            case 6:
                Answer();
                break;
            case 7 when _rig.Batch is not null:
                _rig.WriteReports();
                _outboxHas = false;
                break;
            case 8 when _rig.Batch is { } batch && !_outboxHas:
                // It is written, and the entity does not hear of it.
                _rig.Outbox.AddRange(batch.Reports);
                _outboxHas = true;
                break;
            case 9 when _rig.Pending is not null && !_rig.IsStarting:
                _rig.Fail();
                break;
            case 10 or 11:
                Lose(wasWritten: step == 10);
                break;
            case 12:
                _rig.Advance(_rig.Policy.WriteBehind);
                break;
            case 13:
                _rig.Step(new SessionInput.HandOff());
                break;
        }
    }

    /// <summary>The owner is gone with everything that is not written. A connection that has not gone with it attaches again before anybody asks.</summary>
    private void Lose(bool wasWritten)
    {
        if (wasWritten && _rig.Pending is { } pending)
        {
            _rig.Stored = pending;
        }

        Reload();
    }

    private void Reload()
    {
        _rig.Reload();
        _outboxHas = false;
        if (_isConnected)
        {
            Attach(new HeldSession(_attachment, []));
        }
    }

    private void Attach(HeldSession? held)
    {
        _connection = held is null ? Connection($"{++_connections}") : _connection;
        var tag = _rig.Ask(_connection, AttachOf(held: held));
        for (var i = 0; i < 5 && !_rig.Answers.ContainsKey(tag); i++)
        {
            AnswerLog();
        }

        _isConnected = _rig.Answers.GetValueOrDefault(tag) is SessionReply.Attached;
        if (_rig.Answers.GetValueOrDefault(tag) is SessionReply.Attached attached)
        {
            _attachment = attached.Attachment;
            _saidOver.ShouldBeFalse("a session that was reported as over is held again");
        }
    }

    private bool CanBeAsked() => _rig.Machine.Actor is ActorPhase.Running && !_rig.IsStopped;

    private void Answer()
    {
        AnswerLog();
        if (_rig.Batch is not null && _rig.Machine.Actor is ActorPhase.Running)
        {
            _rig.WriteReports();
            _outboxHas = false;
        }
    }

    private void AnswerLog()
    {
        if (_rig.IsStarting)
        {
            if (_rig.Pending is not null)
            {
                _rig.Resolve(wasWritten: true);
            }
            else
            {
                _rig.Recover();
            }
        }
        else if (_rig.Pending is not null)
        {
            _rig.Commit();
        }
    }

    private void Check()
    {
        var events = _rig.Events.ToList();
        (events is [] or [EventKind.SessionOpened] or [EventKind.SessionOpened, EventKind.SessionClosed]).ShouldBeTrue(string.Join(", ", events));
        _saidOver = events.Count == 2;
    }
}
