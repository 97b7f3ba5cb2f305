using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Tests.Support;

namespace Realtime.Tests.Sharding;

public sealed class LoadingEntityTests
{
    private static readonly EntityAddress Here = EntityAddress.Of(ChannelName.Parse("chat:here"));

    private readonly LocalCluster _cluster = new(new NodeId("one"), NullLogger<LocalCluster>.Instance);
    private readonly ConcurrentQueue<TaskCompletionSource<string>> _loads = new();
    private readonly SemaphoreSlim _asked = new(0);

    public LoadingEntityTests() => _cluster.Register(new LoadedKind(this));

    [Fact]
    public async Task What_comes_while_it_loads_waits_and_is_handled_in_order_with_the_state()
    {
        var answers = new[] { Ask("a"), Ask("b"), Ask("c") };
        var load = await NextLoadAsync();
        answers.ShouldAllBe(answer => !answer.IsCompleted);

        load.SetResult("state");

        (await Task.WhenAll(answers).Within("the answers")).ShouldBe([new Answer("state a"), new Answer("state a b"), new Answer("state a b c")]);
        _loads.ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_waits_for_a_load_that_fails_is_refused_and_the_next_one_loads_again()
    {
        var first = Ask("a");
        (await NextLoadAsync()).SetException(new InvalidOperationException("the disk is gone"));
        (await first.Within("the refusal")).ShouldBe(Refusal("the disk is gone"));

        var second = Ask("b");
        (await NextLoadAsync()).SetResult("state");

        (await second.Within("the answer")).ShouldBe(new Answer("state b"));
    }

    [Fact]
    public async Task A_first_message_that_proves_there_is_nothing_loads_nothing()
    {
        (await Ask("born").Within("the answer")).ShouldBe(new Answer(" born"));
        _loads.ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_waits_when_the_node_leaves_is_refused()
    {
        var waiting = Ask("a");
        var load = await NextLoadAsync();

        await _cluster.LeaveAsync(TestContext.Current.CancellationToken).Within("the node to leave");

        (await waiting.Within("the refusal")).ShouldBeOfType<EntityReply.Refused>().Code.ShouldBe(ErrorCode.Unavailable);
        load.SetResult("too late");
        _cluster.Count.ShouldBe(0);
    }

    private static EntityReply.Refused Refusal(string why) => new(ErrorCode.Unavailable, why);

    private Task<EntityReply> Ask(string text)
    {
        var asker = new Asker();
        _cluster.Ask(Here, new Word(text), asker, 1);
        return asker.Answer.Task;
    }

    private async Task<TaskCompletionSource<string>> NextLoadAsync()
    {
        await _asked.WaitAsync(TestContext.Current.CancellationToken).Within("the entity to load");
        return _loads.TryDequeue(out var load) ? load : throw new InvalidOperationException("asked without a load");
    }

    private sealed record Word(string Text) : EntityMessage;

    private sealed record Answer(string Text) : EntityReply;

    private sealed class Asker : IReplyReceiver
    {
        public TaskCompletionSource<EntityReply> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void OnReply(long tag, EntityReply reply) => Answer.SetResult(reply);
    }

    private sealed class LoadedKind(LoadingEntityTests test) : IEntityKind
    {
        public EntityKind Kind => EntityKind.Channel;

        public Entity Create(EntityAddress address, IEntityHost host, ReadOnlyMemory<byte>? import) => new Loaded(address, host, test);
    }

    private sealed class Loaded(EntityAddress address, IEntityHost host, LoadingEntityTests test) : LoadingEntity<string>(address, host)
    {
        private string _state = "";

        protected override async ValueTask<string> LoadAsync()
        {
            var load = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            test._loads.Enqueue(load);
            test._asked.Release();
            return await load.Task;
        }

        protected override void Start(string state) => _state = state;

        protected override EntityReply.Refused CannotLoad(Exception failure) => Refusal(failure.Message);

        protected override bool IsBirth(EntityMessage message) => message is Word { Text: "born" };

        protected override void Handle(EntityInput input)
        {
            if (input.Message is Leave)
            {
                Stop();
                return;
            }

            _state += " " + ((Word)input.Message).Text;
            input.ReplyTo.Send(new Answer(_state));
        }
    }
}
