using Akka.Streams;
using Akka.Streams.Stage;
using Realtime.Node.Outboxes.Core;
using Realtime.Node.Outboxes.Logs;
using Realtime.Node.Events;

namespace Realtime.Node.Outboxes;

/// <summary>
/// Pages of an outbox in, places out: between them events are delivered as <see cref="DeliveryMachine"/> says. Reads no more while there is no room, and says how far it has come whenever somebody wants to write that. When
/// what is before it ends, it begins no more deliveries, waits for those under way and says its last place.
/// </summary>
internal sealed class DeliveryStage(DeliveryRun run, DeliveryMachine machine, Action<IReadOnlyList<EventReport>> ask) : GraphStage<FlowShape<OutboxPage, PlaceMark>>
{
    private readonly Inlet<OutboxPage> _in = new("delivery.in");
    private readonly Outlet<PlaceMark> _out = new("delivery.out");

    public override FlowShape<OutboxPage, PlaceMark> Shape => new(_in, _out);

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, run, machine, ask);

#pragma warning disable CA1001 // The stage disposes it when it stops.
    private sealed class Logic : TimerGraphStageLogic
#pragma warning restore CA1001
    {
        private const string Due = "due";
        private const string Patience = "patience";

        private readonly DeliveryStage _stage;
        private readonly DeliveryRun _run;
        private readonly DeliveryMachine _machine;
        private readonly Action<IReadOnlyList<EventReport>> _ask;
        private readonly CancellationTokenSource _giveUp = new();
        private readonly List<DeliveryEffect> _effects = [];
        private Action<DeliveryInput> _back = _ => { };
        private long? _timer;
        private int _underWay;
        private bool _isEnding;
        private bool _hasAsked;

        public Logic(DeliveryStage stage, DeliveryRun run, DeliveryMachine machine, Action<IReadOnlyList<EventReport>> ask)
            : base(stage.Shape)
        {
            (_stage, _run, _machine, _ask) = (stage, run, machine, ask);
            SetHandler(
                stage._in,
                onPush: () => Step(new DeliveryInput.Read(Grab(stage._in))),
                onUpstreamFinish: OnEnding);
            SetHandler(stage._out, onPull: Emit);
        }

        public override void PreStart()
        {
            _back = GetAsyncCallback<DeliveryInput>(input =>
            {
                _underWay--;
                Step(input);
            });
            _run.AskBy(GetAsyncCallback(Ask));
            Step(new DeliveryInput.Tick());
        }

        public override void PostStop()
        {
            _giveUp.Cancel();
            _giveUp.Dispose();
        }

        protected override void OnTimer(object timerKey)
        {
            if (timerKey is Patience)
            {
                _giveUp.Cancel();
                return;
            }

            _timer = null;
            Step(new DeliveryInput.Tick());
        }

        private void OnEnding()
        {
            _isEnding = true;
            ScheduleOnce(Patience, _run.Policy.StopPatience);
            Emit();
        }

        private void Step(DeliveryInput input)
        {
            _machine.Step(input, _run.Now, _effects);
            foreach (var effect in _effects)
            {
                Do(effect);
            }

            _effects.Clear();
            _run.Look(_machine);
            if (!_hasAsked && !_machine.IsResuming)
            {
                _hasAsked = true;
                Ask();
            }

            if (_machine.Due is { } due && (_timer is null || due < _timer) && !_isEnding)
            {
                _timer = due;
                ScheduleOnce(Due, TimeSpan.FromMilliseconds(Math.Max(1, due - _run.Now)));
            }

            if (_machine.HasRoom && !IsClosed(_stage._in) && !HasBeenPulled(_stage._in))
            {
                Pull(_stage._in);
            }

            Emit();
        }

        private void Ask() => _ask([.. _machine.Fold.Save()]);

        private void Do(DeliveryEffect effect)
        {
            switch (effect)
            {
                case DeliveryEffect.Missed:
                    _run.Missed();
                    _hasAsked = false;
                    break;
                case DeliveryEffect.Deliver or DeliveryEffect.Bury when _isEnding:
                    break; // The next worker does it.
                case DeliveryEffect.Deliver { Event: var happened }:
                    _underWay++;
                    _ = DeliverAsync(happened);
                    break;
                case DeliveryEffect.Bury bury:
                    _underWay++;
                    _ = BuryAsync(bury);
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(effect), effect, "is not known");
            }
        }

        private async Task DeliverAsync(ApplicationEvent happened) =>
            _back(new DeliveryInput.Tried(happened.Id, await _run.DeliverAsync(happened, _giveUp.Token).ConfigureAwait(false)));

        private async Task BuryAsync(DeliveryEffect.Bury bury) =>
            _back(new DeliveryInput.Buried(bury.Event.Id, await _run.BuryAsync(bury, _giveUp.Token).ConfigureAwait(false)));

        private void Emit()
        {
            if (IsAvailable(_stage._out) && _machine.IsNew && (!_isEnding || _underWay == 0))
            {
                Push(_stage._out, _machine.Mark(_run.Now));
            }

            if (_isEnding && _underWay == 0 && (!_machine.IsNew || IsClosed(_stage._out)))
            {
                CompleteStage();
            }
        }
    }
}
