using Realtime.Node.Persistence.Journal;

namespace Realtime.Tests.Persistence;

public sealed class WriteGateTests
{
    private readonly WriteGate _gate = new(mostBytes: 100, mostWrites: 3);

    [Fact]
    public void Bytes_are_bounded_and_come_back_with_the_lease()
    {
        var first = _gate.TryEnter(60);
        first.ShouldNotBeNull();
        _gate.TryEnter(41).ShouldBeNull();
        _gate.TryEnter(40).ShouldNotBeNull();
        _gate.IsFull.ShouldBeTrue();

        first.Dispose();
        first.Dispose();

        (_gate.QueuedBytes, _gate.QueuedWrites, _gate.IsFull).ShouldBe((40, 1, false));
    }

    [Fact]
    public void Writes_are_bounded_however_small_they_are()
    {
        var leases = Enumerable.Range(0, 3).Select(_ => _gate.TryEnter(0)).ToList();

        leases.ShouldAllBe(lease => lease != null);
        _gate.TryEnter(0).ShouldBeNull();
        _gate.IsFull.ShouldBeTrue();
    }

    [Fact]
    public void One_write_that_is_larger_than_the_bound_is_let_through_alone()
    {
        using (_gate.TryEnter(500).ShouldNotBeNull())
        {
            _gate.TryEnter(1).ShouldBeNull();
        }

        using var small = _gate.TryEnter(1);
        _gate.TryEnter(500).ShouldBeNull();
    }

    [Fact]
    public void A_write_that_its_caller_has_given_up_counts_until_the_store_has_ended_it()
    {
        using (_gate.TryEnter(90))
        {
            _gate.Begin(90);
            _gate.QueuedBytes.ShouldBe(90, "one write, not two");
        }

        _gate.QueuedBytes.ShouldBe(90);
        _gate.TryEnter(20).ShouldBeNull();

        _gate.End(90);

        _gate.QueuedBytes.ShouldBe(0);
        _gate.TryEnter(20).ShouldNotBeNull();
    }

    [Fact]
    public void Writes_that_their_callers_have_given_up_are_bounded_however_small_they_are()
    {
        for (var i = 0; i < 3; i++)
        {
            using var lease = _gate.TryEnter(0).ShouldNotBeNull();
            _gate.Begin(0);
        }

        _gate.QueuedWrites.ShouldBe(3);
        _gate.TryEnter(0).ShouldBeNull();

        _gate.End(0);

        _gate.TryEnter(0).ShouldNotBeNull();
    }

    [Fact]
    public void Options_that_contradict_each_other_are_refused_together()
    {
        new JournalOptions().Faults().ShouldBeEmpty();
        new JournalOptions { BufferWrites = 10, BreakerFailures = 10 }.Faults().Count.ShouldBe(2);
    }
}
