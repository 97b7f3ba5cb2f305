using System.Globalization;

namespace Realtime.Tests.StoreChild;

/// <summary>One line per acknowledged write, handed to the operating system before anything else happens.</summary>
internal sealed class Acknowledgements(TextWriter output)
{
    private readonly Lock _gate = new();

    public void Write(string what, long number)
    {
        lock (_gate)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what} {number}"));
            output.Flush();
        }
    }
}
