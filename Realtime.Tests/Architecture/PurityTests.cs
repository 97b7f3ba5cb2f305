namespace Realtime.Tests.Architecture;

public sealed class PurityTests
{
    [Fact]
    public void No_machine_looks_at_a_clock_waits_logs_or_draws_lots()
    {
        var cores = RepositoryFiles.CSharp.Where(PurityRules.Applies).ToList();

        cores.Count.ShouldBeGreaterThan(20, "the Core folders were not found");
        cores.SelectMany(PurityRules.Faults).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("var now = DateTime.UtcNow;")]
    [InlineData("var now = System.DateTimeOffset.Now;")]
    [InlineData("long At(TimeProvider time) => 0;")]
    [InlineData("var watch = Stopwatch.StartNew();")]
    [InlineData("Task _done;")]
    [InlineData("System.Threading.Tasks.ValueTask Run();")]
    [InlineData("async void Run() { }")]
    [InlineData("ILogger<A> _log;")]
    [InlineData("var lot = Random.Shared.Next();")]
    [InlineData("RandomNumberGenerator.Fill(bytes);")]
    [InlineData("var id = Guid.NewGuid();")]
    [InlineData("File.Delete(path);")]
    [InlineData("Stream _output;")]
    [InlineData("Socket _socket;")]
    [InlineData("HttpContext _context;")]
    [InlineData("new Thread(Run).Start();")]
    [InlineData("_timer = new Timer(Run);")]
    [InlineData("var name = Environment.MachineName;")]
    [InlineData("var text = $\"at {DateTime.UtcNow}\";")]
    public void What_is_impure_is_found(string code)
    {
        PurityRules.Faults(new SourceFile("A/Core/B.cs", code)).ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("public sealed record StartTimer(SessionTimer Timer, TimeSpan After);")]
    [InlineData("// the Task of the shell\nvar text = \"Task\";")]
    [InlineData("var task = input.Task; var stream = _stream; ChannelStream channel;")]
    [InlineData("DateTimeOffset now, DateTime.UnixEpoch")]
    public void What_only_sounds_impure_is_not(string code)
    {
        PurityRules.Faults(new SourceFile("A/Core/B.cs", code)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("A/Core/B.cs", true)]
    [InlineData("A/Core/C/B.cs", true)]
    [InlineData("A/Cores/B.cs", false)]
    [InlineData("A/B.cs", false)]
    public void It_holds_for_core_folders_only(string path, bool applies) => PurityRules.Applies(new SourceFile(path, "")).ShouldBe(applies);
}
