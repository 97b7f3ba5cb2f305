using System.Reflection;
using Realtime.Tests.Support;
using Xunit.v3;

[assembly: NoLeak]

namespace Realtime.Tests.Support;

/// <summary>After each test: no node has written a secret since the one before. Tests run beside each other, so it may have been another's node; the line says whose.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class NoLeakAttribute : BeforeAfterTestAttribute
{
    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        if (Canaries.Suite.Take() is { Count: > 0 } found)
        {
            throw new InvalidOperationException("A secret is in what a node has written:\n" + string.Join('\n', found.Distinct()));
        }
    }
}
