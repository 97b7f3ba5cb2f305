namespace Realtime.Tests.Architecture;

public sealed class CodeScannerTests
{
    [Theory]
    [InlineData("a(); // Task", "a();")]
    [InlineData("a(/* Task */ b);", "a( b);")]
    [InlineData("a(\"Task\" + b);", "a( + b);")]
    [InlineData("a(\"\\\"Task\" + b);", "a( + b);")]
    [InlineData("a(@\"Task\"\"Task\\\" + b);", "a( + b);")]
    [InlineData("a(\"\" + b);", "a( + b);")]
    [InlineData("a('\"', b, '\\'');", "a(, b, );")]
    [InlineData("a(\"\"\"Task \"quoted\" Task\"\"\" + b);", "a( + b);")]
    [InlineData("a(\"\"\"Task\"\"\"u8);", "a(u8);")]
    [InlineData("a($\"Task {b(\"Task\")} {{Task}} {c:N0}\");", "a( b()  c:N0);")]
    [InlineData("a($$\"\"\"{Task} {{b}} \"\"\");", "a( b );")]
    [InlineData("a($@\"Task {b} \\\" + c);", "a( b  + c);")]
    [InlineData("@class.b();", "@class.b();")]
    public void Only_code_is_left(string source, string code)
    {
        Squeeze(CodeScanner.CodeOf(source)).ShouldBe(Squeeze(code));
    }

    [Fact]
    public void Every_place_stays_where_it_was()
    {
        const string Source = "one(\"x\ty\"); /* a\n b */ two();\n// c\nthree();";

        var code = CodeScanner.CodeOf(Source);

        code.Length.ShouldBe(Source.Length);
        code.IndexOf("two", StringComparison.Ordinal).ShouldBe(Source.IndexOf("two", StringComparison.Ordinal));
        code.Split('\n').Length.ShouldBe(4);
    }

    private static string Squeeze(string code) => code.Replace(" ", "", StringComparison.Ordinal);
}
