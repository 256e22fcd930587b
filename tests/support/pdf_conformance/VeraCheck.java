import java.io.FileInputStream;
import java.io.InputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/**
 * Validates PDF files against veraPDF's profiles: VeraCheck FLAVOURS FILE..., the flavours (3a, 3b, ua1, ...) separated
 * by commas. Prints “FLAVOUR TAB FILE TAB RULE” for each rule that a file breaks, and “FLAVOUR TAB FILE TAB” where it
 * breaks none.
 */
public class VeraCheck {
    public static void main(String[] arguments) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        for (String name : Arrays.asList(arguments).subList(1, arguments.length)) {
            for (String flavourName : arguments[0].split(",")) {
                PDFAFlavour flavour = PDFAFlavour.fromString(flavourName);
                try (InputStream in = new FileInputStream(name);
                        PDFAParser parser = Foundries.defaultInstance().createParser(in, flavour)) {
                    PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false);
                    ValidationResult result = validator.validate(parser);
                    Map<String, Integer> broken = new LinkedHashMap<>();
                    for (TestAssertion each : result.getTestAssertions()) {
                        if (each.getStatus() == TestAssertion.Status.FAILED) {
                            String rule = each.getRuleId().getClause() + "-" + each.getRuleId().getTestNumber();
                            broken.merge(rule + " " + each.getMessage().replaceAll("\\s+", " "), 1, Integer::sum);
                        }
                    }
                    String start = flavourName + "\t" + name + "\t";
                    if (result.isCompliant()) {
                        System.out.println(start);
                    }
                    broken.forEach((rule, times) -> System.out.println(start + times + " times " + rule));
                    if (!result.isCompliant() && broken.isEmpty()) {
                        System.out.println(start + "does not conform");
                    }
                }
            }
        }
    }
}
